//! The signature of a page that uses WeChat's JS-SDK.

use crate::wechat_pay::signature::Occasion;
use crate::wechat_pay::trade_bill::sha1;

/// The signature that lets a page use WeChat's JS-SDK; paying needs none.
///
/// `page_url` is the page's address up to, and without, its `#`.
#[must_use]
pub fn page_signature(ticket: &str, page_url: &str, occasion: &Occasion) -> String {
    let page_url = page_url.split('#').next().unwrap_or_default();
    let (nonce, seconds) = (occasion.nonce.as_str(), occasion.at.seconds());
    let text = format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={seconds}&url={page_url}");
    sha1(text.as_bytes())
}
