//! Who calls: the bank whose key signed the call or whose certificate the connection has, from one of
//! its networks, within its rate, with a new nonce.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::content_digest::check_content_digest;
use channels::counter_api::http_signature::message::{Request, field_value};
use channels::counter_api::http_signature::nonce_cache::{
    KEPT_SECONDS, NonceCache, NonceFingerprint, NonceRefusal, fingerprint,
};
use channels::counter_api::http_signature::verify::{SignatureRefusal, verify_request};
use channels::counter_api::problem::{Problem, ProblemCode};
use operations::counter::CounterError;
use store::Tx;
use store::tables::counter_nonce::{self, Kept};
use units::Timestamp;

use super::Counter;
use super::call::repeated;
use super::callers::KnownCallers;
use crate::listener::tls::ClientCertificate;

/// How many nonces are kept for each bank, 40 bytes each: five minutes at 2,000 calls a second.
const NONCES_MAX: usize = 720_000;

/// A call as it came.
pub(super) struct Arrival<'a> {
    pub(super) request: Request<'a>,
    /// The certificate of its connection, if it has one.
    pub(super) certificate: Option<&'a ClientCertificate>,
    /// From where; `None` for a call that came over no network.
    pub(super) address: Option<IpAddr>,
    pub(super) came_at: Timestamp,
}

/// The nonces of each bank.
#[derive(Debug, Default)]
pub(super) struct Nonces(Mutex<HashMap<String, NonceCache>>);

/// A bank whose call was verified.
pub(super) struct Caller {
    pub(super) bank: String,
    pub(super) proof: Proof,
    /// What it was verified with.
    pub(super) callers: Arc<KnownCallers>,
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
    nonce: NonceFingerprint,
}

impl Caller {
    /// What is kept of its nonce; nothing where TLS keeps calls from being repeated.
    pub(super) const fn nonce(&self) -> Option<NonceFingerprint> {
        match &self.proof {
            Proof::Certificate => None,
            Proof::Signature(signed) => Some(signed.nonce),
        }
    }
}

impl Counter {
    /// Verifies a call and counts it: against its bank's rate, and as seen.
    pub(super) async fn verify(&self, arrival: &Arrival<'_>) -> Result<Caller, Problem> {
        let held = self.callers.held();
        let caller = match self.counted(arrival, &held) {
            Ok(caller) => caller,
            // Who is refused here may have been admitted, or given more calls, a moment ago.
            Err(refusal) => {
                let known = self.known_now().await?;
                if known.version == held.version {
                    return Err(refusal);
                }
                self.counted(arrival, &known)?
            }
        };
        if let Some(nonce) = caller.nonce() {
            self.nonces.admit(&caller.bank, nonce, arrival.came_at).map_err(|refusal| {
                let code = match refusal {
                    NonceRefusal::MustBeNew => ProblemCode::NonceRepeated,
                    NonceRefusal::CacheIsFull => ProblemCode::RateLimited,
                };
                code.because(refusal.to_string())
            })?;
        }
        Ok(caller)
    }

    /// The bank that calls, if it may call as often as this.
    fn counted(&self, arrival: &Arrival<'_>, known: &Arc<KnownCallers>) -> Result<Caller, Problem> {
        let caller = identified(arrival, known)?;
        let rate = known.rate_of(&caller.bank).unwrap_or(self.settings.calls_per_second);
        if self.rates.take(&caller.bank, rate, arrival.came_at) {
            return Ok(caller);
        }
        Err(ProblemCode::RateLimited.problem())
    }

    /// Verifies a call again, with what stands in the database now. It was counted before.
    pub(super) async fn verify_again(&self, arrival: &Arrival<'_>) -> Result<Caller, Problem> {
        identified(arrival, &self.known_now().await?)
    }

    /// Keeps the nonce of a call that changed nothing, so that it stays refused after a restart.
    /// Where a call changes something, its nonce is kept in the same transaction.
    ///
    /// # Errors
    /// The refusal of a nonce that another program of the city has had, or the database's.
    pub(super) async fn keep_nonce(
        &self,
        caller: &Caller,
        came_at: Timestamp,
    ) -> Result<(), CounterError> {
        let Some(nonce) = caller.nonce() else { return Ok(()) };
        let bank = caller.bank.clone();
        let keep = move |tx: &mut Tx<'_>| counter_nonce::insert(tx, (&bank, &nonce), came_at);
        match self.db.write_async(keep).await? {
            Kept::Once => Ok(()),
            Kept::ByAnotherCall => Err(repeated().into()),
        }
    }

    async fn known_now(&self) -> Result<Arc<KnownCallers>, Problem> {
        let known = self.callers.read(&self.db, &self.settings.vault).await;
        known.map_err(|error| {
            eprintln!("who may call at the counter can't be read: {error}");
            ProblemCode::Unavailable.problem()
        })
    }
}

/// The bank that calls. Who comes with a certificate need not sign; who signs as well must be the
/// same bank.
fn identified(arrival: &Arrival<'_>, known: &Arc<KnownCallers>) -> Result<Caller, Problem> {
    let unknown = || ProblemCode::CertificateUnknown.problem();
    let certified = match arrival.certificate {
        Some(certificate) => Some(known.bank_of(&certificate.fingerprint).ok_or_else(unknown)?),
        None => None,
    };
    let is_signed = field_value(arrival.request.headers, "signature-input").is_some();
    let caller = match certified {
        Some(bank) if !is_signed => {
            check_digest(&arrival.request)?;
            let (bank, callers) = (bank.to_owned(), Arc::clone(known));
            Caller { bank, proof: Proof::Certificate, callers }
        }
        certified => {
            let caller = signer(arrival, known)?;
            if certified.is_some_and(|bank| bank != caller.bank) {
                return Err(unknown());
            }
            caller
        }
    };
    if !known.may_call_from(&caller.bank, arrival.address) {
        return Err(ProblemCode::NetworkNotAllowed.problem());
    }
    Ok(caller)
}

fn signer(arrival: &Arrival<'_>, known: &Arc<KnownCallers>) -> Result<Caller, Problem> {
    let find = |key_id: &str| known.keys.live.find(key_id).map(|known| &known.key);
    let verified = verify_request(&arrival.request, find, arrival.came_at);
    let verified = verified.map_err(|refusal| problem(&refusal))?;
    let key = known.keys.live.find(&verified.key_id);
    let key = key.ok_or_else(|| ProblemCode::SignatureInvalid.problem())?;
    let signed = Signed {
        nonce: fingerprint(&verified.key_id, &verified.nonce),
        key_id: verified.key_id,
        algorithm: key.key.algorithm(),
        label: verified.label,
    };
    let proof = Proof::Signature(signed);
    Ok(Caller { bank: key.bank.clone(), proof, callers: Arc::clone(known) })
}

/// A digest that an unsigned call gives must be that of its body.
fn check_digest(request: &Request<'_>) -> Result<(), Problem> {
    let Some(digest) = field_value(request.headers, "content-digest") else { return Ok(()) };
    check_content_digest(&digest, request.body)
        .map_err(|refusal| ProblemCode::MalformedRequest.because(refusal.to_string()))
}

impl Nonces {
    /// The nonces that the database keeps and that could still be sent again.
    pub(super) fn read(tx: &mut Tx<'_>, now: Timestamp) -> Result<Self, store::Error> {
        let nonces = Self::default();
        for seen in counter_nonce::list_since(tx, now.plus_seconds(-KEPT_SECONDS))? {
            if let Ok(nonce) = NonceFingerprint::try_from(seen.fingerprint.as_slice()) {
                // A nonce that stands there twice, or that is one too many, is refused anyway.
                let _ = nonces.admit(&seen.bank, nonce, seen.seen_at);
            }
        }
        Ok(nonces)
    }

    fn admit(
        &self,
        bank: &str,
        nonce: NonceFingerprint,
        now: Timestamp,
    ) -> Result<(), NonceRefusal> {
        let mut banks = self.0.lock().expect("no holder of the lock panics");
        if let Some(cache) = banks.get_mut(bank) {
            return cache.admit(nonce, now);
        }
        let cache = banks.entry(bank.to_owned()).or_insert_with(|| NonceCache::new(NONCES_MAX));
        cache.admit(nonce, now)
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
