//! 微信公众号 (服务号): who the visitor is, and messages to followers.
//!
//! Documents: `developers.weixin.qq.com/doc/service/`. Answers of this side of WeChat are HTTP
//! 200 also when they refuse: the word is in `errcode`.
//!
//! Files in reading order: [`visitor`] OAuth2; [`token`] 稳定版接口调用凭据; [`template_message`]
//! 模板消息 and what becomes of it; [`account_client`] the server's calls; [`js_sdk`] the signature of
//! a page.

use std::fmt;

use serde::Deserialize;

pub mod account_client;
pub mod js_sdk;
pub mod template_message;
pub mod token;
pub mod visitor;

/// 公众号 appid and AppSecret. The secret is never printed.
#[derive(Clone)]
pub struct Account {
    /// The official account.
    pub app_id: String,
    /// AppSecret.
    pub secret: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({}, hidden)", self.app_id)
    }
}

/// Why WeChat's answer gives no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefusal {
    /// WeChat said no, in a number of its own.
    #[error("WeChat answered errcode {0}")]
    Code(i64),
    /// Not the documented form.
    #[error("the message must have the documented form")]
    AnswerMustBeReadable,
    /// 快照页: a throw-away virtual user who may look but not act.
    #[error("the visitor must open the page as a real user")]
    VisitorMustBeReal,
}

/// Looks for `errcode` other than 0 in an answer, then reads it.
fn read_answer<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, AccountRefusal> {
    #[derive(Deserialize)]
    struct Code {
        #[serde(default)]
        errcode: i64,
    }
    let unreadable = |_| AccountRefusal::AnswerMustBeReadable;
    let code: Code = serde_json::from_slice(body).map_err(unreadable)?;
    if code.errcode != 0 {
        return Err(AccountRefusal::Code(code.errcode));
    }
    serde_json::from_slice(body).map_err(unreadable)
}
