//! `WECHATPAY2-SHA256-RSA2048`: signing what we send, verifying what WeChat sends.
//!
//! WeChat Pay merchant documentation 4012365336 (signing), 4013053420 (verifying). RSA PKCS#1
//! v1.5 with SHA-256 over lines that end in a line feed; bodies enter as the raw bytes on the
//! wire, never as re-written JSON.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use units::Timestamp;

use super::certificate::{self, PemMustHold};
use crate::http_message::{Headers, Request};

/// The name of the scheme, in `Authorization` and `Wechatpay-Signature-Type`.
pub const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";

/// How far a message's clock may be from ours, in seconds, either way.
pub const SKEW_SECONDS_MAX: u64 = 300;

/// WeChat sends bad signatures that begin like this, to see whether merchants check.
const PROBE: &str = "WECHATPAY/SIGNTEST/";

/// A random text used once: 32 hexadecimal characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    /// A nonce from 16 random bytes.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self(random.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// A nonce as a published vector gives it, for tests.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// When and with which nonce something is signed.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// Now.
    pub at: Timestamp,
    /// Fresh for each signature.
    pub nonce: Nonce,
}

/// An RSA private key with the serial number of its certificate: the merchant's, or the
/// sandbox's platform key. Never printed.
pub struct SigningKey {
    serial: String,
    pair: RsaKeyPair,
}

impl SigningKey {
    /// A key from PEM, `PRIVATE KEY` (PKCS#8) or `RSA PRIVATE KEY` (PKCS#1), 2048 bits or more.
    ///
    /// # Errors
    /// [`PemMustHold`] for anything else.
    pub fn from_pem(serial: &str, pem: &str) -> Result<Self, PemMustHold> {
        let refused = PemMustHold("RSA private key of at least 2048 bits");
        let pair = match certificate::pem_block(pem, "PRIVATE KEY") {
            Some(der) => RsaKeyPair::from_pkcs8(&der),
            None => {
                let der = certificate::pem_block(pem, "RSA PRIVATE KEY").ok_or(refused)?;
                RsaKeyPair::from_der(&der)
            }
        };
        let pair = pair.map_err(|_| refused)?;
        Ok(Self { serial: serial.to_owned(), pair })
    }

    /// The serial number of its certificate, or the identifier of its public key.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// Its public half as PKCS#1 `RSAPublicKey` DER.
    #[must_use]
    pub fn public_key(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }

    /// The base64 signature of a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        // PKCS#1 v1.5 signatures use no randomness; ring takes the source for blinding only.
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .expect("the buffer has the length of the modulus");
        BASE64.encode(signature)
    }

    /// The value of header `Authorization` for a request of merchant `mchid`.
    #[must_use]
    pub fn authorization(&self, mchid: &str, request: &Request, occasion: &Occasion) -> String {
        let (seconds, nonce) = (occasion.at.seconds(), occasion.nonce.as_str());
        let signature = self.sign(&request_message(request, seconds, nonce));
        format!(
            "{SCHEME} mchid=\"{mchid}\",nonce_str=\"{nonce}\",timestamp=\"{seconds}\",\
             serial_no=\"{}\",signature=\"{signature}\"",
            self.serial
        )
    }

    /// The four headers under which WeChat sends an answer or a notice; the sandbox needs them.
    #[must_use]
    pub fn platform_headers(&self, body: &[u8], occasion: &Occasion) -> Headers {
        let (seconds, nonce) = (occasion.at.seconds(), occasion.nonce.as_str());
        Headers::new()
            .with("Wechatpay-Timestamp", seconds.to_string())
            .with("Wechatpay-Nonce", nonce)
            .with("Wechatpay-Signature", self.sign(&answer_message(seconds, nonce, body)))
            .with("Wechatpay-Serial", self.serial.clone())
            .with("Wechatpay-Signature-Type", SCHEME)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, hidden)", self.serial)
    }
}

/// The lines of a request that are signed.
#[must_use]
pub fn request_message(request: &Request, seconds: i64, nonce: &str) -> Vec<u8> {
    let head = format!("{}\n{}\n{seconds}\n{nonce}\n", request.method.word(), request.target);
    [head.as_bytes(), &request.body, b"\n"].concat()
}

/// The lines of an answer or a notice that are signed.
fn answer_message(seconds: i64, nonce: &str, body: &[u8]) -> Vec<u8> {
    [format!("{seconds}\n{nonce}\n").as_bytes(), body, b"\n"].concat()
}

/// The lines of the page's pay call that are signed: the whole `package` value, with its
/// `prepay_id=`. Without it they would be the lines of an app's call, which a page refuses.
#[must_use]
pub fn pay_call_message(app_id: &str, package: &str, occasion: &Occasion) -> Vec<u8> {
    let (seconds, nonce) = (occasion.at.seconds(), occasion.nonce.as_str());
    format!("{app_id}\n{seconds}\n{nonce}\n{package}\n").into_bytes()
}

/// Why a message is not believed to come from WeChat.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefusal {
    /// A header is absent or not readable.
    #[error("header {0} must be present and readable")]
    HeaderMustBePresent(&'static str),
    /// The message is too old or from the future: perhaps a replay.
    #[error("the message's clock must be within {SKEW_SECONDS_MAX} seconds of ours")]
    ClockMustAgree,
    /// No key of this serial number is configured or downloaded.
    #[error("the serial number {0:?} must belong to a known WeChat Pay key")]
    SerialMustBeKnown(String),
    /// WeChat's own probe: a bad signature, sent to see whether it is refused.
    #[error("the signature is a probe, which must be refused")]
    SignatureMustNotBeAProbe,
    /// The signature doesn't fit the bytes.
    #[error("the signature must verify over the raw body")]
    SignatureMustVerify,
}

/// The keys under which WeChat may sign at the moment: public keys (`PUB_KEY_ID_…`) and platform
/// certificates (hexadecimal serial numbers). Both occur while a merchant migrates.
#[derive(Clone, Debug, Default)]
pub struct PlatformKeys(BTreeMap<String, Vec<u8>>);

impl PlatformKeys {
    /// No key yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds a WeChat Pay public key under its identifier `PUB_KEY_ID_…`.
    ///
    /// # Errors
    /// [`PemMustHold`].
    pub fn add_public_key(&mut self, id: &str, pem: &str) -> Result<(), PemMustHold> {
        self.0.insert(id.to_owned(), certificate::read_public_key(pem)?);
        Ok(())
    }

    /// Adds a platform certificate under its own serial number, which is returned.
    ///
    /// # Errors
    /// [`PemMustHold`].
    pub fn add_certificate(&mut self, pem: &str) -> Result<String, PemMustHold> {
        let read = certificate::read_certificate(pem)?;
        self.0.insert(read.serial.clone(), read.public_key);
        Ok(read.serial)
    }

    /// Adds a key as PKCS#1 DER: the sandbox knows its merchants' keys so.
    pub fn add_der(&mut self, serial: &str, public_key: Vec<u8>) {
        self.0.insert(serial.to_owned(), public_key);
    }

    /// The first `PUB_KEY_ID_…`: requests name it, so that WeChat answers under it.
    #[must_use]
    pub fn preferred_public_key_id(&self) -> Option<&str> {
        self.0.keys().map(String::as_str).find(|serial| serial.starts_with("PUB_KEY_ID_"))
    }

    /// Whether a message with these headers and this raw body comes from WeChat.
    ///
    /// # Errors
    /// [`SignatureRefusal`], in the order of its variants: cheap checks before RSA.
    pub fn verify(
        &self,
        headers: &Headers,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), SignatureRefusal> {
        let need = |name: &'static str| {
            headers.get(name).ok_or(SignatureRefusal::HeaderMustBePresent(name))
        };
        let seconds: i64 = need("Wechatpay-Timestamp")?
            .parse()
            .map_err(|_| SignatureRefusal::HeaderMustBePresent("Wechatpay-Timestamp"))?;
        let nonce = need("Wechatpay-Nonce")?;
        let signature = need("Wechatpay-Signature")?;
        let serial = need("Wechatpay-Serial")?;
        if now.seconds().abs_diff(seconds) > SKEW_SECONDS_MAX {
            return Err(SignatureRefusal::ClockMustAgree);
        }
        if signature.starts_with(PROBE) {
            return Err(SignatureRefusal::SignatureMustNotBeAProbe);
        }
        self.verify_message(serial, &answer_message(seconds, nonce, body), signature)
    }

    /// Whether the key of a serial number signed a message.
    ///
    /// # Errors
    /// [`SignatureRefusal::SerialMustBeKnown`], [`SignatureRefusal::SignatureMustVerify`].
    pub fn verify_message(
        &self,
        serial: &str,
        message: &[u8],
        signature: &str,
    ) -> Result<(), SignatureRefusal> {
        let unknown = || SignatureRefusal::SerialMustBeKnown(serial.to_owned());
        let key = self.0.get(serial).ok_or_else(unknown)?;
        let bytes = BASE64.decode(signature).map_err(|_| SignatureRefusal::SignatureMustVerify)?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
            .verify(message, &bytes)
            .map_err(|_| SignatureRefusal::SignatureMustVerify)
    }
}
