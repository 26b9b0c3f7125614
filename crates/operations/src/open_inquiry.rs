//! 自助查询: lets a browser see one person's bills for a short while, when the fields that were typed
//! fit together.
//!
//! Every answer is counted before it is looked at, so that many at once are no way around the
//! limits; a right one is taken back. Right or wrong, known or not, the same rows are read.

use insurance::ids::{PersonId, TaskId};
use insurance::ledger::hex;
use insurance::person::inquiry::{GuessBy, Proof, wait_until};
use sha2::{Digest, Sha256};
use store::Tx;
use store::tables::access_log::{self, Access};
use store::tables::{inquiry, inquiry_guess, person, verification_code, wechat_visitor};
use units::Timestamp;

use crate::city::City;

/// What is left of inquiries is forgotten after so long.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// Somebody's answer to the four fields, its code already found right.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What was typed.
    pub proof: Proof,
    /// The hash of the browser's secret.
    pub browser: String,
    /// The network address that it came from, as text.
    pub address: String,
    /// The hash of the secret under which the inquiry will be found.
    pub inquiry: String,
}

/// What the browser is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The fields fit: the inquiry has begun.
    Opened(PersonId),
    /// They don't fit together.
    MustFit,
    /// Too many answers were wrong; none is heard until then.
    MustWait(Timestamp),
}

/// Hears an answer and begins the inquiry when it is right. The look is recorded.
///
/// # Errors
/// The database's; nothing was counted then.
pub fn open_inquiry(
    tx: &mut Tx<'_>,
    city: &City,
    answered: &Answered,
    now: Timestamp,
) -> Result<Heard, store::Error> {
    forget(tx, now)?;
    let mut counted = Vec::new();
    for by in GuessBy::ALL {
        let ends_at = now.plus_seconds(by.seconds());
        let guesses = inquiry_guess::count(tx, &hash(by, answered), now, ends_at)?;
        counted.push((by, guesses.count, guesses.ends_at));
    }
    if let Some(until) = wait_until(&counted) {
        return Ok(Heard::MustWait(until));
    }
    let proof = &answered.proof;
    let by_identity = person::find_by_identity(tx, &proof.identity)?;
    let by_card = person::find_by_card(tx, &proof.card)?;
    // Nobody has the number 0: an unknown identity costs the same reading as a known one.
    let wanted = by_identity.unwrap_or(PersonId::from_i64(0));
    let found = person::find(tx, wanted)?.filter(|found| proof.fits(found));
    let Some(found) = found.filter(|found| by_card == Some(found.id)) else {
        return Ok(Heard::MustFit);
    };
    for by in GuessBy::ALL {
        inquiry_guess::take_back(tx, &hash(by, answered))?;
    }
    inquiry::insert(tx, &answered.inquiry, found.id, now)?;
    let look = Access {
        person: found.id,
        id: city.fresh::<TaskId>(now).get(),
        accessed_at: now,
        actor: "inquiry".to_owned(),
        reason: "card, name and identity number".to_owned(),
        what: "/self-service".to_owned(),
    };
    access_log::insert(tx, &look)?;
    Ok(Heard::Opened(found.id))
}

/// Takes out what no browser can use any more.
fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), store::Error> {
    let before = now.plus_seconds(-KEPT_SECONDS);
    verification_code::delete_before(tx, before)?;
    inquiry::delete_before(tx, before)?;
    inquiry_guess::delete_before(tx, before)?;
    wechat_visitor::delete_before(tx, before)?;
    Ok(())
}

/// Under what answers are counted: neither identity numbers nor addresses lie in the table.
fn hash(by: GuessBy, answered: &Answered) -> String {
    let what = match by {
        GuessBy::Browser => answered.browser.as_str(),
        GuessBy::Identity => answered.proof.identity.as_str(),
        GuessBy::Address => answered.address.as_str(),
    };
    hex(&Sha256::new().chain_update(by.word()).chain_update([0]).chain_update(what).finalize())
}
