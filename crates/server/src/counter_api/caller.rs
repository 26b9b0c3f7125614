//! Who calls: the bank whose key signed the call or whose certificate the connection has, within
//! its rate, with a new nonce.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::content_digest::check_content_digest;
use channels::counter_api::http_signature::message::{Request, field_value};
use channels::counter_api::http_signature::nonce_cache::{NonceCache, NonceRefusal};
use channels::counter_api::http_signature::verify::{SignatureRefusal, verify_request};
use channels::counter_api::problem::{Problem, ProblemCode};

use store::Tx;
use store::tables::{counter_certificate, counter_rate};
use units::Timestamp;

use super::Counter;
use super::bank_keys::Loaded;
use crate::listener::tls::ClientCertificate;

/// How many nonces are kept for each bank, 40 bytes each: five minutes at 2,000 calls a second.
const NONCES_MAX: usize = 720_000;

/// The nonces of each bank.
#[derive(Debug, Default)]
pub(super) struct Nonces(Mutex<HashMap<String, NonceCache>>);

/// A bank whose call was verified.
pub(super) struct Caller {
    pub(super) bank: String,
    pub(super) proof: Proof,
}

/// What proved who calls.
pub(super) enum Proof {
    /// The certificate of its connection. TLS protects call and answer.
    Certificate,
    /// A signature, with one or without.
    Signature(Signed),
}

/// A signature that was verified.
pub(super) struct Signed {
    pub(super) key_id: String,
    pub(super) algorithm: Algorithm,
    /// Its label, to which the answer is bound.
    pub(super) label: String,
    nonce: String,
    pub(super) keys: Arc<Loaded>,
}

impl Counter {
    /// Verifies a call. Who comes with a certificate need not sign; who signs as well must be the
    /// same bank.
    pub(super) async fn verify(
        &self,
        request: &Request<'_>,
        certificate: Option<&ClientCertificate>,
    ) -> Result<Caller, Problem> {
        let now = self.wall.now();
        let certified = match certificate {
            Some(certificate) => Some(self.bank_of(certificate).await?),
            None => None,
        };
        let is_signed = field_value(request.headers, "signature-input").is_some();
        let caller = match certified {
            Some(bank) if !is_signed => {
                check_digest(request)?;
                Caller { bank, proof: Proof::Certificate }
            }
            certified => {
                let caller = self.verify_signature(request, now).await?;
                if certified.is_some_and(|bank| bank != caller.bank) {
                    return Err(ProblemCode::CertificateUnknown.problem());
                }
                caller
            }
        };
        if !self.rates.take(&caller.bank, self.rate_of(&caller.bank).await?, now) {
            return Err(ProblemCode::RateLimited.problem());
        }
        if let Proof::Signature(signed) = &caller.proof {
            let admitted = self.nonces.admit((&caller.bank, &signed.key_id), &signed.nonce, now);
            admitted.map_err(|refusal| match refusal {
                NonceRefusal::MustBeNew => ProblemCode::NonceRepeated.because(refusal.to_string()),
                NonceRefusal::CacheIsFull => ProblemCode::RateLimited.because(refusal.to_string()),
            })?;
        }
        Ok(caller)
    }

    async fn verify_signature(
        &self,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Caller, Problem> {
        let keys = self
            .keys
            .load(&self.db, &self.settings.vault)
            .await
            .map_err(|error| unavailable(&error))?;
        let find = |key_id: &str| keys.live.find(key_id).map(|known| &known.key);
        let verified = verify_request(request, find, now).map_err(|refusal| problem(&refusal))?;
        let known = keys.live.find(&verified.key_id);
        let known = known.ok_or_else(|| ProblemCode::SignatureInvalid.problem())?;
        let (bank, algorithm) = (known.bank.clone(), known.key.algorithm());
        let signed = Signed {
            key_id: verified.key_id,
            algorithm,
            label: verified.label,
            nonce: verified.nonce,
            keys,
        };
        Ok(Caller { bank, proof: Proof::Signature(signed) })
    }

    /// The bank of a certificate, read on every call, so that one that was revoked ends at once.
    async fn bank_of(&self, certificate: &ClientCertificate) -> Result<String, Problem> {
        let fingerprint = certificate.fingerprint.clone();
        let read = move |tx: &mut Tx<'_>| counter_certificate::find_bank(tx, &fingerprint);
        let bank = self.db.lookup_async(read).await.map_err(|error| unavailable(&error))?;
        bank.ok_or_else(|| ProblemCode::CertificateUnknown.problem())
    }

    /// How many calls a second a bank may make.
    async fn rate_of(&self, bank: &str) -> Result<u32, Problem> {
        let bank = bank.to_owned();
        let read = move |tx: &mut Tx<'_>| counter_rate::find(tx, &bank);
        let own = self.db.lookup_async(read).await.map_err(|error| unavailable(&error))?;
        Ok(own.unwrap_or(self.settings.calls_per_second))
    }
}

fn unavailable(error: &store::Error) -> Problem {
    eprintln!("who may call at the counter can't be read: {error}");
    ProblemCode::Unavailable.problem()
}

/// A digest that an unsigned call gives must be that of its body.
fn check_digest(request: &Request<'_>) -> Result<(), Problem> {
    let Some(digest) = field_value(request.headers, "content-digest") else { return Ok(()) };
    check_content_digest(&digest, request.body)
        .map_err(|refusal| ProblemCode::MalformedRequest.because(refusal.to_string()))
}

impl Nonces {
    fn admit(
        &self,
        (bank, key_id): (&str, &str),
        nonce: &str,
        now: Timestamp,
    ) -> Result<(), NonceRefusal> {
        let mut banks = self.0.lock().expect("no holder of the lock panics");
        let cache = banks.entry(bank.to_owned()).or_insert_with(|| NonceCache::new(NONCES_MAX));
        cache.admit(key_id, nonce, now)
    }
}

fn problem(refusal: &SignatureRefusal) -> Problem {
    let code = match refusal {
        SignatureRefusal::SignatureRequired => ProblemCode::SignatureRequired,
        SignatureRefusal::MustBeReadable
        | SignatureRefusal::ParameterRequired(_)
        | SignatureRefusal::KeyMustBeLive(_)
        | SignatureRefusal::AlgorithmMustBeTheKeys(_)
        | SignatureRefusal::MustCover(_)
        | SignatureRefusal::CreatedMustBeRecent
        | SignatureRefusal::MustNotBeExpired
        | SignatureRefusal::Component(_)
        | SignatureRefusal::Digest(_)
        | SignatureRefusal::MustVerify => ProblemCode::SignatureInvalid,
    };
    code.because(refusal.to_string())
}
