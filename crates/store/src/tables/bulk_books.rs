//! Thousands of receipts at once: receipts with their references, entries with their postings and
//! chains, the dues that they pay, the notices that tell of them. The rows are those that the
//! functions for one of each write.

use insurance::due::Due;
use insurance::ids::PersonId;
use insurance::ledger::{ChainHash, Entry};
use insurance::receipt::Receipt;

use super::due::Transition;
use super::notice::Notice;
use crate::{BulkTable, BulkUpdate, Error, Tx, Value};

pub(crate) const RECEIPT: BulkTable = BulkTable {
    name: "receipt",
    columns: &[
        "person_id",
        "receipt_id",
        "channel",
        "reference",
        "amount_fen",
        "paid_at",
        "accounting_on",
        "recorded_at",
        "message_id",
        "entry_id",
    ],
};

pub(crate) const REFERENCE: BulkTable = BulkTable {
    name: "channel_reference",
    columns: &["channel", "reference", "person_id", "receipt_id", "amount_fen", "accounting_on"],
};

pub(crate) const ENTRY: BulkTable = BulkTable {
    name: "entry",
    columns: &[
        "person_id",
        "entry_id",
        "kind",
        "recorded_at",
        "effective_on",
        "cause_kind",
        "cause_id",
        "hash",
    ],
};

pub(crate) const POSTING: BulkTable = BulkTable {
    name: "posting",
    columns: &[
        "person_id",
        "entry_id",
        "line",
        "debit",
        "credit",
        "amount_fen",
        "month",
        "branch",
        "part",
    ],
};

pub(crate) const CHAIN: BulkTable =
    BulkTable { name: "ledger_chain", columns: &["person_id", "entries", "head"] };

const CHAIN_HEAD: BulkUpdate = BulkUpdate {
    stage: "new_chain_head",
    table: "ledger_chain",
    keys: &["person_id"],
    from: &["entries"],
    values: &["entries", "head"],
    only: "1 = 1",
};

const DUE_STATE: BulkUpdate = BulkUpdate {
    stage: "new_due_state",
    table: "due",
    keys: &["person_id", "month", "branch", "part"],
    from: &["state"],
    values: &["state", "paid_on", "state_cause"],
    only: "1 = 1",
};

pub(crate) const NOTICE: BulkTable = BulkTable {
    name: "notice",
    columns: &[
        "person_id",
        "notice_id",
        "kind",
        "month",
        "subject",
        "amount_fen",
        "cause_kind",
        "cause_id",
        "created_at",
        "state",
    ],
};

/// The end of an owner's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries the chain has.
    pub entries: i64,
    /// The hash of its last entry.
    pub hash: ChainHash,
}

/// An owner's chain before and after new entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grown {
    /// Whose.
    pub owner: PersonId,
    /// How many entries the chain had; `None` where the owner had no chain.
    pub before: Option<i64>,
    /// Its end now.
    pub head: Head,
}

/// Inserts receipts and claims their references; none of the references may be claimed already.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_receipts<'a>(
    tx: &mut Tx<'_>,
    receipts: impl Iterator<Item = &'a Receipt> + Clone,
) -> Result<(), Error> {
    let mut rows = tx.bulk(&RECEIPT)?;
    for receipt in receipts.clone() {
        rows.push(&[
            receipt.person.into(),
            receipt.id.into(),
            receipt.channel.code().into(),
            (&receipt.reference).into(),
            receipt.amount.into(),
            receipt.paid_at.into(),
            receipt.accounting_on.into(),
            receipt.recorded_at.into(),
            receipt.message.into(),
            receipt.entry.into(),
        ])?;
    }
    rows.finish()?;
    let mut rows = tx.bulk(&REFERENCE)?;
    for receipt in receipts {
        rows.push(&[
            receipt.channel.code().into(),
            (&receipt.reference).into(),
            receipt.person.into(),
            receipt.id.into(),
            receipt.amount.into(),
            receipt.accounting_on.into(),
        ])?;
    }
    rows.finish()?;
    Ok(())
}

/// Inserts entries with their hashes, and moves the ends of their owners' chains from where they
/// were read. The owners are locked. Answers how many chains moved or began.
///
/// # Errors
/// [`Error`] of the database.
pub fn append_entries<'a>(
    tx: &mut Tx<'_>,
    entries: impl Iterator<Item = (&'a Entry, &'a ChainHash)> + Clone,
    chains: impl Iterator<Item = &'a Grown> + Clone,
) -> Result<u64, Error> {
    let mut rows = tx.bulk(&ENTRY)?;
    for (entry, hash) in entries.clone() {
        let (cause_kind, cause_id) = entry.cause.parts();
        rows.push(&[
            entry.owner.into(),
            entry.id.into(),
            entry.kind.code().into(),
            entry.recorded_at.into(),
            entry.effective_on.into(),
            cause_kind.into(),
            cause_id.into(),
            hash.as_str().into(),
        ])?;
    }
    rows.finish()?;
    insert_postings(tx, entries.map(|(entry, _)| entry))?;
    let mut rows = tx.bulk(&CHAIN)?;
    for chain in chains.clone().filter(|chain| chain.before.is_none()) {
        let Head { entries, hash } = &chain.head;
        rows.push(&[chain.owner.into(), (*entries).into(), hash.as_str().into()])?;
    }
    let begun = rows.finish()?;
    let grown = chains.filter_map(|chain| -> Option<[Value<'_>; 4]> {
        let Head { entries, hash } = &chain.head;
        let before = chain.before?;
        Some([chain.owner.into(), before.into(), (*entries).into(), hash.as_str().into()])
    });
    Ok(begun + tx.bulk_update(&CHAIN_HEAD, grown)?)
}

fn insert_postings<'a>(
    tx: &mut Tx<'_>,
    entries: impl Iterator<Item = &'a Entry>,
) -> Result<(), Error> {
    let mut rows = tx.bulk(&POSTING)?;
    for entry in entries {
        for (line, posting) in (1_i64..).zip(&entry.postings) {
            let due = posting.due;
            rows.push(&[
                entry.owner.into(),
                entry.id.into(),
                line.into(),
                posting.debit.code().into(),
                posting.credit.code().into(),
                posting.amount.into(),
                due.map(|due| due.month).into(),
                due.map(|due| due.branch.code()).into(),
                due.map(|due| i64::from(due.part)).into(),
            ])?;
        }
    }
    rows.finish()?;
    Ok(())
}

/// Moves dues, whose people are locked, from the state in which they were read. Answers how many
/// rows changed: fewer when somebody else moved one meanwhile.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_due_states<'a>(
    tx: &mut Tx<'_>,
    moves: impl Iterator<Item = &'a (Due, Transition)>,
) -> Result<u64, Error> {
    let rows = moves.map(|(due, to)| -> [Value<'_>; 8] {
        let key = &due.key;
        [
            key.person.into(),
            key.month.into(),
            key.branch.code().into(),
            i64::from(key.part).into(),
            due.state.code().into(),
            to.state.code().into(),
            to.paid_on.into(),
            to.cause.into(),
        ]
    });
    tx.bulk_update(&DUE_STATE, rows)
}

/// Writes notices, none of which was written before.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_notices<'a>(
    tx: &mut Tx<'_>,
    notices: impl Iterator<Item = &'a Notice>,
) -> Result<(), Error> {
    let mut rows = tx.bulk(&NOTICE)?;
    for notice in notices {
        let (cause_kind, cause_id) = notice.cause.parts();
        rows.push(&[
            notice.person.into(),
            notice.id.into(),
            notice.kind.code().into(),
            notice.month.into(),
            notice.subject.into(),
            notice.amount.into(),
            cause_kind.into(),
            cause_id.into(),
            notice.created_at.into(),
            1.into(),
        ])?;
    }
    rows.finish()?;
    Ok(())
}
