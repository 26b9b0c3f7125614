//! Who calls: the bank whose key signed the call, within its rate, with a new nonce.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::message::Request;
use channels::counter_api::http_signature::nonce_cache::{NonceCache, NonceRefusal};
use channels::counter_api::http_signature::verify::{SignatureRefusal, verify_request};
use channels::counter_api::problem::{Problem, ProblemCode};

use super::Counter;
use super::bank_keys::Loaded;

/// How many nonces are kept for each bank, 40 bytes each: five minutes at 2,000 calls a second.
const NONCES_MAX: usize = 720_000;

/// The nonces of each bank.
#[derive(Debug, Default)]
pub(super) struct Nonces(Mutex<HashMap<String, NonceCache>>);

/// A bank whose call was verified.
pub(super) struct Caller {
    pub(super) bank: String,
    pub(super) key_id: String,
    pub(super) algorithm: Algorithm,
    /// The label of its signature, to which the answer is bound.
    pub(super) label: String,
    pub(super) keys: Arc<Loaded>,
}

impl Counter {
    /// Verifies a call.
    pub(super) async fn verify(&self, request: &Request<'_>) -> Result<Caller, Problem> {
        let now = self.wall.now();
        let keys = self.keys.load(&self.db).await.map_err(|error| {
            eprintln!("the keys of banks can't be read: {error}");
            ProblemCode::Unavailable.problem()
        })?;
        let find = |key_id: &str| keys.live.find(key_id).map(|known| &known.key);
        let verified = verify_request(request, find, now).map_err(|refusal| problem(&refusal))?;
        let known = keys.live.find(&verified.key_id);
        let known = known.ok_or_else(|| ProblemCode::SignatureInvalid.problem())?;
        let (bank, algorithm) = (known.bank.clone(), known.key.algorithm());
        if !self.rates.take(&bank, now) {
            return Err(ProblemCode::RateLimited.problem());
        }
        self.nonces.admit((&bank, &verified.key_id), &verified.nonce, now).map_err(|refusal| {
            match refusal {
                NonceRefusal::MustBeNew => ProblemCode::NonceRepeated.because(refusal.to_string()),
                NonceRefusal::CacheIsFull => ProblemCode::RateLimited.because(refusal.to_string()),
            }
        })?;
        Ok(Caller { bank, key_id: verified.key_id, algorithm, label: verified.label, keys })
    }
}

impl Nonces {
    fn admit(
        &self,
        (bank, key_id): (&str, &str),
        nonce: &str,
        now: units::Timestamp,
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
