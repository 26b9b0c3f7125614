//! Verifying: which signature counts, what it must cover, when it holds.

use sfv::{BareItem, Dictionary, InnerList, Item, ListEntry, Parser};
use units::Timestamp;

use super::TAG;
use super::algorithm::Algorithm;
use super::component::{Component, ComponentRefusal, signature_base};
use super::content_digest::{ContentDigestRefusal, check_content_digest};
use super::message::{Message, Request, Response, field_value};
use super::verifying_key::VerifyingKey;

/// How old a signature may be, in seconds.
pub const AGE_SECONDS_MAX: i64 = 300;
/// How far a partner's clock may be ahead of ours, in seconds.
pub const AHEAD_SECONDS_MAX: i64 = 60;
/// The longest nonce, in bytes.
pub const NONCE_BYTES_MAX: usize = 128;

/// Why a message's signature is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefusal {
    /// No signature with our tag.
    #[error("the message must carry a signature with tag=\"{TAG}\"")]
    SignatureRequired,
    /// `Signature-Input` or `Signature` is no dictionary, or its members don't pair.
    #[error("Signature-Input and Signature must be dictionaries with the same label")]
    MustBeReadable,
    /// A parameter is missing.
    #[error("the signature must have the parameter {0}")]
    ParameterRequired(&'static str),
    /// The key is not on file, or revoked.
    #[error("the key {0:?} is not on file or no longer valid")]
    KeyMustBeLive(String),
    /// `alg` names another algorithm than the key's.
    #[error("alg must be the algorithm of the key, {}", .0.word())]
    AlgorithmMustBeTheKeys(Algorithm),
    /// A required component is not covered.
    #[error("the signature must cover {0}")]
    MustCover(&'static str),
    /// Too old, or from the future.
    #[error("created must be within the last {AGE_SECONDS_MAX} seconds; check the clock")]
    CreatedMustBeRecent,
    /// Past its own end.
    #[error("the signature has expired")]
    MustNotBeExpired,
    /// A covered component can't be read.
    #[error(transparent)]
    Component(#[from] ComponentRefusal),
    /// The body is not what was signed.
    #[error(transparent)]
    Digest(#[from] ContentDigestRefusal),
    /// The key did not make it over this message.
    #[error("the signature must be the key's signature of this message")]
    MustVerify,
}

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The key that made it.
    pub key_id: String,
    /// Its label in the headers; the answer is bound to it.
    pub label: String,
    /// Its nonce; empty for a response.
    pub nonce: String,
}

/// Verifies a request: the signature with our tag, by a live key, over everything that decides
/// what the request does, made within the last [`AGE_SECONDS_MAX`] seconds, over this very body.
/// The nonce is returned; whether it is new is the nonce cache's question.
///
/// # Errors
/// [`SignatureRefusal`].
pub fn verify_request<'k>(
    request: &Request<'_>,
    find_key: impl Fn(&str) -> Option<&'k VerifyingKey>,
    now: Timestamp,
) -> Result<Verified, SignatureRefusal> {
    let found = Found::select(Message::Request(request))?;
    let nonce = found.text("nonce").ok_or(SignatureRefusal::ParameterRequired("nonce"))?;
    if nonce.is_empty() || nonce.len() > NONCE_BYTES_MAX {
        return Err(SignatureRefusal::ParameterRequired("nonce"));
    }
    request_coverage(request, &found)?;
    found.verify(Message::Request(request), find_key, now)
}

/// Verifies a response and that it answers this request, whose signature is labelled `answers`.
///
/// # Errors
/// [`SignatureRefusal`].
pub fn verify_response<'k>(
    response: &Response<'_>,
    answers: &str,
    find_key: impl Fn(&str) -> Option<&'k VerifyingKey>,
    now: Timestamp,
) -> Result<Verified, SignatureRefusal> {
    let found = Found::select(Message::Response(response))?;
    found.must_cover(Component::new("@status"), "@status")?;
    found.must_cover(Component::of_request("@method"), "@method of the request")?;
    found.must_cover(Component::of_request("@path"), "@path of the request")?;
    found.must_cover(
        Component::of_request("signature").member(answers),
        "the signature of the request",
    )?;
    if !response.body.is_empty() {
        found.must_cover(Component::new("content-digest"), "content-digest")?;
    }
    found.verify(Message::Response(response), find_key, now)
}

fn request_coverage(request: &Request<'_>, found: &Found) -> Result<(), SignatureRefusal> {
    found.must_cover(Component::new("@method"), "@method")?;
    if found.must_cover(Component::new("@target-uri"), "@target-uri").is_err() {
        found.must_cover(Component::new("@authority"), "@authority")?;
        found.must_cover(Component::new("@path"), "@path")?;
        if request.query.is_some_and(|query| !query.is_empty()) {
            found.must_cover(Component::new("@query"), "@query")?;
        }
    }
    if !request.body.is_empty() {
        found.must_cover(Component::new("content-digest"), "content-digest")?;
        found.must_cover(Component::new("content-type"), "content-type")?;
    }
    if field_value(request.headers, "idempotency-key").is_some() {
        found.must_cover(Component::new("idempotency-key"), "idempotency-key")?;
    }
    Ok(())
}

/// The signature chosen from a message.
struct Found {
    label: String,
    covered: InnerList,
    signature: Vec<u8>,
}

impl Found {
    /// The first signature with our tag.
    fn select(message: Message<'_>) -> Result<Self, SignatureRefusal> {
        let dictionary = |name: &str| -> Result<Dictionary, SignatureRefusal> {
            let value =
                field_value(message.headers(), name).ok_or(SignatureRefusal::SignatureRequired)?;
            Parser::new(&*value).parse().map_err(|_| SignatureRefusal::MustBeReadable)
        };
        let (inputs, signatures) = (dictionary("signature-input")?, dictionary("signature")?);
        for (label, input) in inputs {
            let ListEntry::InnerList(covered) = input else {
                return Err(SignatureRefusal::MustBeReadable);
            };
            if text_of(&covered, "tag") != Some(TAG) {
                continue;
            }
            let Some(ListEntry::Item(Item {
                bare_item: BareItem::ByteSequence(signature), ..
            })) = signatures.get(label.as_str())
            else {
                return Err(SignatureRefusal::MustBeReadable);
            };
            let signature = signature.clone();
            return Ok(Self { label: label.as_str().to_owned(), covered, signature });
        }
        Err(SignatureRefusal::SignatureRequired)
    }

    fn verify<'k>(
        self,
        message: Message<'_>,
        find_key: impl Fn(&str) -> Option<&'k VerifyingKey>,
        now: Timestamp,
    ) -> Result<Verified, SignatureRefusal> {
        let key_id = self.text("keyid").ok_or(SignatureRefusal::ParameterRequired("keyid"))?;
        let key =
            find_key(key_id).ok_or_else(|| SignatureRefusal::KeyMustBeLive(key_id.to_owned()))?;
        if self.text("alg").is_some_and(|alg| alg != key.algorithm().word()) {
            return Err(SignatureRefusal::AlgorithmMustBeTheKeys(key.algorithm()));
        }
        self.check_times(now)?;
        if self.covers(Component::new("content-digest")) {
            let digest = field_value(message.headers(), "content-digest")
                .ok_or(SignatureRefusal::MustCover("content-digest"))?;
            check_content_digest(&digest, message.body())?;
        }
        let base = signature_base(message, &self.covered)?;
        if !key.verifies(base.as_bytes(), &self.signature) {
            return Err(SignatureRefusal::MustVerify);
        }
        Ok(Verified {
            key_id: key_id.to_owned(),
            nonce: self.text("nonce").unwrap_or_default().to_owned(),
            label: self.label,
        })
    }

    fn check_times(&self, now: Timestamp) -> Result<(), SignatureRefusal> {
        let created = self.moment("created");
        let created = created.ok_or(SignatureRefusal::ParameterRequired("created"))?;
        let age = now.seconds() - created;
        if !(-AHEAD_SECONDS_MAX..=AGE_SECONDS_MAX).contains(&age) {
            return Err(SignatureRefusal::CreatedMustBeRecent);
        }
        match self.moment("expires") {
            Some(expires) if expires < now.seconds() => Err(SignatureRefusal::MustNotBeExpired),
            _ => Ok(()),
        }
    }

    fn must_cover(
        &self,
        component: Component<'_>,
        name: &'static str,
    ) -> Result<(), SignatureRefusal> {
        if self.covers(component) { Ok(()) } else { Err(SignatureRefusal::MustCover(name)) }
    }

    fn covers(&self, component: Component<'_>) -> bool {
        self.covered.items.iter().any(|item| Component::of_item(item) == Some(component))
    }

    fn text(&self, name: &str) -> Option<&str> {
        text_of(&self.covered, name)
    }

    fn moment(&self, name: &str) -> Option<i64> {
        match self.covered.params.get(name)? {
            BareItem::Integer(seconds) => Some(i64::from(*seconds)),
            _ => None,
        }
    }
}

fn text_of<'a>(covered: &'a InnerList, name: &str) -> Option<&'a str> {
    match covered.params.get(name)? {
        BareItem::String(text) => Some(text.as_str()),
        _ => None,
    }
}
