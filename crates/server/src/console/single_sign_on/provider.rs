//! The identity provider over the network: discovery (OpenID Connect Discovery 1.0), keys, and the
//! exchange of a code for a token (RFC 6749, 4.1.3, with RFC 7636). Blocks the calling thread.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::http_message::{Headers, Method, Request};
use channels::http_send::Sender;
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use store::tables::single_sign_on::SignOnAttempt;
use units::Timestamp;

use super::id_token::{Expected, KeySet, TokenRefusal, verify};

const TIMEOUT: Duration = Duration::from_secs(10);
/// Keys are asked for again after so long.
const KEYS_SECONDS_MAX: i64 = 60 * 60;
/// A key that nobody knows makes us ask again, at most once in so long.
const ASK_AGAIN_SECONDS: i64 = 30;

/// What the operator says of the provider.
#[derive(Clone)]
pub struct Settings {
    /// Its issuer, such as `https://id.example.gov.cn/realms/staff`.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: String,
    /// Where browsers find this site, such as `https://desk.example.gov.cn`.
    pub site: String,
    /// The claim that holds the account's name.
    pub account_claim: String,
}

/// Hides the secret.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// The operator's settings can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} must be an https:// address without query; http:// is for localhost only")]
pub struct AddressMustBeSafe(String);

/// Why nobody was signed in; for the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum SignOnError {
    /// The provider did not answer, or not in its protocol.
    #[error("the identity provider gave no usable answer: {0}")]
    ProviderMustAnswer(&'static str),
    /// The token is not believed.
    #[error(transparent)]
    Token(#[from] TokenRefusal),
}

/// What the provider says of itself.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    pub(super) authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    pub(super) end_session_endpoint: Option<String>,
}

#[derive(Default)]
struct Known {
    metadata: Option<Metadata>,
    keys: Option<(KeySet, Timestamp)>,
}

/// The identity provider that clerks sign in at.
pub struct Provider {
    pub(super) settings: Settings,
    sender: Sender,
    known: Mutex<Known>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Provider {
    /// A provider; it is asked when the first clerk signs in.
    ///
    /// # Errors
    /// [`AddressMustBeSafe`].
    pub fn new(settings: Settings) -> Result<Self, AddressMustBeSafe> {
        for address in [&settings.issuer, &settings.site] {
            if !is_safe(address) {
                return Err(AddressMustBeSafe(address.clone()));
            }
        }
        let sender = Sender::network(TIMEOUT);
        Ok(Self { settings, sender, known: Mutex::default() })
    }

    /// Where the provider sends browsers back to.
    pub(super) fn return_address(&self) -> String {
        format!("{}/desk/single-sign-on/return", self.settings.site.trim_end_matches('/'))
    }

    /// What the provider says of itself; asked once.
    pub(super) fn metadata(&self) -> Result<Metadata, SignOnError> {
        if let Some(known) = &self.known().metadata {
            return Ok(known.clone());
        }
        let issuer = self.settings.issuer.trim_end_matches('/');
        let address = format!("{issuer}/.well-known/openid-configuration");
        let found: Metadata = self.get(&address, "its configuration")?;
        let addresses = [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri];
        let ends = found.end_session_endpoint.iter();
        if found.issuer != self.settings.issuer
            || !addresses.into_iter().chain(ends).all(|a| is_safe(a))
        {
            return Err(SignOnError::ProviderMustAnswer("its configuration is another's"));
        }
        self.known().metadata = Some(found.clone());
        Ok(found)
    }

    /// Exchanges a code for a token and checks it: the claims of whoever signed in.
    pub(super) fn claims(
        &self,
        code: &str,
        attempt: &SignOnAttempt,
        now: Timestamp,
    ) -> Result<Map<String, Value>, SignOnError> {
        let metadata = self.metadata()?;
        let tokens = self.exchange(&metadata, code, &attempt.verifier)?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: &attempt.nonce,
            now,
        };
        let keys = self.keys(&metadata, now.plus_seconds(-KEYS_SECONDS_MAX), now)?;
        match verify(&tokens.id_token, &keys, expected) {
            // The provider may have begun to use a new key.
            Err(TokenRefusal::KeyMustBeKnown) => {
                let keys = self.keys(&metadata, now.plus_seconds(-ASK_AGAIN_SECONDS), now)?;
                Ok(verify(&tokens.id_token, &keys, expected)?)
            }
            other => Ok(other?),
        }
    }

    fn exchange(
        &self,
        metadata: &Metadata,
        code: &str,
        verifier: &str,
    ) -> Result<Tokens, SignOnError> {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.return_address())
            .append_pair("code_verifier", verifier);
        let encoded =
            |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        let (id, secret) = (&self.settings.client_id, &self.settings.client_secret);
        let pair = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
        let headers = Headers::default()
            .with("Content-Type", "application/x-www-form-urlencoded")
            .with("Accept", "application/json")
            .with("Authorization", format!("Basic {pair}"));
        let body = body.finish().into_bytes();
        self.ask((Method::Post, &metadata.token_endpoint), headers, body, "its token")
    }

    /// The provider's keys, asked for since `oldest`.
    fn keys(
        &self,
        metadata: &Metadata,
        oldest: Timestamp,
        now: Timestamp,
    ) -> Result<KeySet, SignOnError> {
        if let Some((keys, asked_at)) = &self.known().keys
            && *asked_at > oldest
        {
            return Ok(keys.clone());
        }
        let keys: KeySet = self.get(&metadata.jwks_uri, "its keys")?;
        self.known().keys = Some((keys.clone(), now));
        Ok(keys)
    }

    fn get<T: DeserializeOwned>(
        &self,
        address: &str,
        what: &'static str,
    ) -> Result<T, SignOnError> {
        let headers = Headers::default().with("Accept", "application/json");
        self.ask((Method::Get, address), headers, Vec::new(), what)
    }

    fn ask<T: DeserializeOwned>(
        &self,
        (method, address): (Method, &str),
        headers: Headers,
        body: Vec<u8>,
        what: &'static str,
    ) -> Result<T, SignOnError> {
        let failed = || SignOnError::ProviderMustAnswer(what);
        let start = address.find("://").map_or(0, |at| at + 3);
        let path = address[start..].find('/').map_or(address.len(), |at| start + at);
        let (host, path) = address.split_at(path);
        let target = if path.is_empty() { "/" } else { path }.to_owned();
        let request = Request { method, target, headers, body };
        let answer = self.sender.send(host, &request).map_err(|_| failed())?;
        if answer.status != 200 {
            return Err(failed());
        }
        serde_json::from_slice(&answer.body).map_err(|_| failed())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The challenge of a verifier (RFC 7636, 4.2, S256).
pub(super) fn challenge(verifier: &str) -> String {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// Encrypted, or on this machine, where tests and demonstrations run.
fn is_safe(address: &str) -> bool {
    let local = |rest: &str| {
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        host == "localhost" || host == "127.0.0.1"
    };
    let sound = !address.contains(['?', '#', '@', ' ', '\r', '\n']);
    sound && (address.starts_with("https://") || address.strip_prefix("http://").is_some_and(local))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn only_encrypted_addresses_are_used_but_on_this_machine() {
        for address in ["https://id.example/a", "http://127.0.0.1:3000", "http://localhost/x"] {
            assert!(is_safe(address), "{address}");
        }
        for address in
            ["http://id.example", "http://localhost.example", "https://a@b", "ftp://localhost", ""]
        {
            assert!(!is_safe(address), "{address}");
        }
    }
}
