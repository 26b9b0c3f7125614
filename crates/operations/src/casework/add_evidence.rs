//! Taking in a file: what it is was read from its bytes before; here it is written down.

use insurance::casework::evidence::{EvidenceKind, EvidenceRefusal, FILES_MAX, shown_name};
use insurance::casework::hand::check_known;
use insurance::casework::state::CaseEvent;
use insurance::clerk::Clerk;
use insurance::ids::EvidenceId;
use store::Tx;
use store::tables::case_evidence::{self, Evidence};
use units::Timestamp;

use super::course::{Acting, CaseKey, Content, Course, check_office, hand_of};
use super::refusal::CaseworkRefusal;
use crate::city::City;

/// Letters of a label.
const LABEL_LETTERS_MAX: usize = 80;

/// A file that lies in the folder of evidence already.
#[derive(Clone, Debug)]
pub struct NewEvidence {
    /// What it shows.
    pub label: String,
    /// The name that it came with.
    pub name: String,
    /// What it is.
    pub kind: EvidenceKind,
    /// How large it is.
    pub size_bytes: usize,
    /// The SHA-256 of its bytes, in hex.
    pub digest: String,
}

/// Adds a file to a case. It changes what was handed in, so a proposal or an approval before it
/// is void.
///
/// # Errors
/// [`CaseworkRefusal`]; nothing is changed.
pub fn add_evidence(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    (key, new): (CaseKey, &NewEvidence),
    now: Timestamp,
) -> Result<EvidenceId, CaseworkRefusal> {
    let mut course = Course::get_locked(tx, key)?;
    if !clerk.roles.meets(course.case.kind.openers()) {
        return Err(CaseworkRefusal::RoleMustAllow);
    }
    check_office(clerk, &course.case)?;
    let hand = hand_of(tx, clerk)?;
    check_known(&hand)?;
    let label: String = new.label.trim().chars().take(LABEL_LETTERS_MAX).collect();
    if label.is_empty() {
        return Err(CaseworkRefusal::TextMustBeFilled);
    }
    if case_evidence::list(tx, key)?.len() >= FILES_MAX {
        return Err(EvidenceRefusal::FilesMustNotBeTooMany.into());
    }
    let evidence = Evidence {
        id: city.fresh(now),
        label,
        name: shown_name(&new.name),
        kind: new.kind,
        size_bytes: i64::try_from(new.size_bytes).unwrap_or(i64::MAX),
        digest: new.digest.clone(),
        clerk: clerk.id,
        added_at: now,
    };
    case_evidence::insert(tx, key, &evidence)?;
    let note = evidence.label.clone();
    let content = Content { note: &note, ..Content::default() };
    course.append(tx, &Acting { city, clerk, hand: &hand, now }, (CaseEvent::Edit, content))?;
    Ok(evidence.id)
}
