//! Signing: which components we cover, and the two headers that result.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SecureRandom;
use sfv::{BareItem, InnerList};
use units::Timestamp;

use super::TAG;
use super::component::{
    Component, ComponentRefusal, covered_text, sf_key, sf_string, signature_base,
};
use super::message::{Message, Request, Response, field_value};
use super::signing_key::SigningKey;

/// The label of our signatures in the two headers.
pub const LABEL: &str = "sig1";

/// When a signature was made, how long it holds, and what makes it unique.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// The moment of signing.
    pub created: Timestamp,
    /// The moment after which it must not be accepted.
    pub expires: Option<Timestamp>,
    /// Never used twice with one key; a request must have one.
    pub nonce: Option<&'a str>,
}

/// The values of the `Signature-Input` and `Signature` headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHeaders {
    /// `sig1=("@method" …);created=…`.
    pub signature_input: String,
    /// `sig1=:…:`.
    pub signature: String,
}

/// Signs a request over its method, authority, path and query, and over `Content-Digest`,
/// `Content-Type` and `Idempotency-Key` where it has them. Set those headers first.
///
/// # Errors
/// [`ComponentRefusal`] for a header that can't be signed.
pub fn sign_request(
    request: &Request<'_>,
    key: &SigningKey,
    stamp: Stamp<'_>,
    random: &dyn SecureRandom,
) -> Result<SignatureHeaders, ComponentRefusal> {
    let mut covered = ["@method", "@authority", "@path", "@query"].map(Component::new).to_vec();
    for field in ["content-digest", "content-type", "idempotency-key"] {
        if field_value(request.headers, field).is_some() {
            covered.push(Component::new(field));
        }
    }
    sign(Message::Request(request), &covered, key, stamp, random)
}

/// Signs a response over its status, digest and type, and binds it to its request: to the
/// request's method, authority, path and query, and to the signature labelled `answers`.
///
/// # Errors
/// [`ComponentRefusal`] for a header that can't be signed.
pub fn sign_response(
    response: &Response<'_>,
    answers: &str,
    key: &SigningKey,
    stamp: Stamp<'_>,
    random: &dyn SecureRandom,
) -> Result<SignatureHeaders, ComponentRefusal> {
    let mut covered = vec![Component::new("@status")];
    for field in ["content-digest", "content-type"] {
        if field_value(response.headers, field).is_some() {
            covered.push(Component::new(field));
        }
    }
    covered.extend(["@method", "@authority", "@path", "@query"].map(Component::of_request));
    covered.push(Component::of_request("signature").member(answers));
    sign(Message::Response(response), &covered, key, stamp, random)
}

/// Signs exactly the given components.
///
/// # Errors
/// [`ComponentRefusal`].
pub fn sign(
    message: Message<'_>,
    components: &[Component<'_>],
    key: &SigningKey,
    stamp: Stamp<'_>,
    random: &dyn SecureRandom,
) -> Result<SignatureHeaders, ComponentRefusal> {
    let covered = covered(components, key, stamp)?;
    let base = signature_base(message, &covered)?;
    let mut signature = format!("{LABEL}=:");
    STANDARD.encode_string(key.sign(base.as_bytes(), random), &mut signature);
    signature.push(':');
    let signature_input = format!("{LABEL}={}", covered_text(&base));
    Ok(SignatureHeaders { signature_input, signature })
}

fn covered(
    components: &[Component<'_>],
    key: &SigningKey,
    stamp: Stamp<'_>,
) -> Result<InnerList, ComponentRefusal> {
    let unwritable = |name: &str| ComponentRefusal::MustBeOneAsciiLine(name.to_owned());
    let mut items = Vec::with_capacity(components.len());
    for component in components {
        items.push(component.to_item().ok_or_else(|| unwritable(&format!("{component:?}")))?);
    }
    let mut list = InnerList::new(items);
    let mut set = |name: &str, value: Option<BareItem>| {
        let key = sf_key(name).ok_or_else(|| unwritable(name))?;
        list.params.insert(key, value.ok_or_else(|| unwritable(name))?);
        Ok(())
    };
    let integer =
        |moment: Timestamp| sfv::Integer::try_from(moment.seconds()).ok().map(BareItem::Integer);
    set("created", integer(stamp.created))?;
    if let Some(expires) = stamp.expires {
        set("expires", integer(expires))?;
    }
    set("keyid", sf_string(key.key_id()))?;
    set("alg", sf_string(key.algorithm().word()))?;
    if let Some(nonce) = stamp.nonce {
        set("nonce", sf_string(nonce))?;
    }
    set("tag", sf_string(TAG))?;
    Ok(list)
}
