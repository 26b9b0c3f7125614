//! `case_evidence`: files handed in with a case. Only ever inserted.

use insurance::casework::evidence::EvidenceKind;
use insurance::ids::{CaseId, ClerkId, EvidenceId, PersonId};
use units::Timestamp;

use crate::{Error, Row, Tx};

/// A file that was handed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its number.
    pub id: EvidenceId,
    /// What it shows, in the words of the pack's list or the clerk's.
    pub label: String,
    /// The name that it came with.
    pub name: String,
    /// What it is.
    pub kind: EvidenceKind,
    /// How large it is.
    pub size_bytes: i64,
    /// The SHA-256 of its bytes, in hex.
    pub digest: String,
    /// Who took it in.
    pub clerk: ClerkId,
    /// When.
    pub added_at: Timestamp,
}

/// Shows no name: files are often called after people.
impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evidence")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Records a file.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    (person, case): (PersonId, CaseId),
    evidence: &Evidence,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO case_evidence (person_id, case_id, evidence_id, label, name, kind, \
         size_bytes, digest, clerk_id, added_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            person.into(),
            case.into(),
            evidence.id.into(),
            (&evidence.label).into(),
            (&evidence.name).into(),
            evidence.kind.code().into(),
            evidence.size_bytes.into(),
            (&evidence.digest).into(),
            evidence.clerk.into(),
            evidence.added_at.into(),
        ],
    )?;
    Ok(())
}

/// The files of a case, in the order of coming.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, (person, case): (PersonId, CaseId)) -> Result<Vec<Evidence>, Error> {
    tx.query(
        "SELECT evidence_id, label, name, kind, size_bytes, digest, clerk_id, added_at \
         FROM case_evidence WHERE person_id = $1 AND case_id = $2 ORDER BY evidence_id",
        &[person.into(), case.into()],
        read,
    )
}

/// Every digest that a file on disk must have.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_digests(tx: &mut Tx<'_>) -> Result<Vec<String>, Error> {
    let sql = "SELECT DISTINCT digest FROM case_evidence ORDER BY digest";
    tx.query(sql, &[], |row| row.string(0))
}

fn read(row: &Row<'_>) -> Result<Evidence, Error> {
    Ok(Evidence {
        id: row.id(0)?,
        label: row.string(1)?,
        name: row.string(2)?,
        kind: row.code(3, EvidenceKind::from_code)?,
        size_bytes: row.int(4)?,
        digest: row.string(5)?,
        clerk: row.id(6)?,
        added_at: row.timestamp(7)?,
    })
}
