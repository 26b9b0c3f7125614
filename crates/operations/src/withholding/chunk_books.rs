//! What the plain lines of a chunk write, gathered person by person and then written in bulk.

use std::collections::{BTreeMap, BTreeSet};

use insurance::allocation::{Purpose, allocate};
use insurance::cause::Cause;
use insurance::debit::{DebitState, DebitStep};
use insurance::due::Due;
use insurance::ids::{PaymentId, PersonId};
use insurance::ledger::{Account, ChainHash, Entry};
use insurance::notice::NoticeKind;
use insurance::receipt::Receipt;
use policy::Branch;
use store::Tx;
use store::tables::bulk_books::{self, Grown, Head};
use store::tables::debit::Told;
use store::tables::debit_told::{self, EndedItem, NewTold, PaysMedical, ToldDebit};
use store::tables::due::Transition;
use store::tables::notice::Notice;
use store::tables::payment::PaymentState;
use units::{Month, Timestamp};

use super::book_bank_result::BookedResult;
use super::book_chunk::Chunk;
use super::line::Line;
use crate::city::City;
use crate::decide_receipt::decide_receipt;

/// What plain lines write.
pub(super) struct ChunkBooks {
    receipts: Vec<Receipt>,
    entries: Vec<(Entry, ChainHash)>,
    chains: BTreeMap<PersonId, Grown>,
    moves: Vec<(Due, Transition)>,
    notices: Vec<Notice>,
    /// The places of the lines whose attempts are told something.
    told: Vec<usize>,
    /// The places of the lines that end an item.
    items: Vec<usize>,
    payments: BTreeSet<(PersonId, PaymentId)>,
    failures: BTreeSet<(PersonId, i64, Month)>,
    silent_repeats: u64,
}

/// Whether the rows were as they had been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// All were.
    Whole,
    /// One had changed and stays as it is; the transaction must be undone.
    FactsChanged,
}

impl ChunkBooks {
    pub(super) fn new(lines: usize) -> Self {
        Self {
            receipts: Vec::with_capacity(lines),
            entries: Vec::with_capacity(lines),
            chains: BTreeMap::new(),
            moves: Vec::with_capacity(lines),
            notices: Vec::with_capacity(lines),
            told: Vec::with_capacity(lines),
            items: Vec::with_capacity(lines),
            payments: BTreeSet::new(),
            failures: BTreeSet::new(),
            silent_repeats: 0,
        }
    }

    /// Whether a line told only what is known, so that nothing is written for it.
    pub(super) const fn holds_silent_repeats(&self) -> bool {
        self.silent_repeats > 0
    }

    /// The people whose books change, perhaps more than once.
    pub(super) fn people(&self) -> impl Iterator<Item = (PersonId, PaysMedical)> {
        let medical = self.moves.iter().filter(|(due, _)| due.key.branch == Branch::Medical);
        let touched = self.payments.iter().map(|(person, _)| (*person, PaysMedical::No));
        medical.map(|(due, _)| (due.key.person, PaysMedical::Yes)).chain(touched)
    }

    /// Books a plain line.
    pub(super) fn book(
        &mut self,
        city: &City,
        (index, line): (usize, &Line<'_>),
        (told, now): (&ToldDebit, Timestamp),
    ) -> Option<BookedResult> {
        let booked = match line.step() {
            None => return Some(BookedResult::Pending),
            Some(Ok(DebitStep::Nothing)) => self.confirm(index, line),
            Some(Ok(DebitStep::Collect)) => self.collect(city, (index, line), (told, now)),
            Some(Ok(DebitStep::Reject)) => self.reject(city, (index, line), (told, now)),
            Some(
                Ok(DebitStep::Return | DebitStep::CollectAndReturn | DebitStep::HoldExtra) | Err(_),
            ) => unreachable!("such a line is not plain"),
        };
        self.payments.insert((line.id.due.person, line.debit.payment));
        Some(booked)
    }

    fn confirm(&mut self, index: usize, line: &Line<'_>) -> BookedResult {
        if line.confirmed().is_some() {
            self.told.push(index);
        } else {
            self.silent_repeats += 1;
        }
        BookedResult::Repeated
    }

    fn collect(
        &mut self,
        city: &City,
        (index, line): (usize, &Line<'_>),
        (told, now): (&ToldDebit, Timestamp),
    ) -> BookedResult {
        let paid = line.money(line.result.end_to_end_id.clone());
        let receipt = Receipt {
            person: line.id.due.person,
            id: city.fresh(now),
            channel: paid.channel,
            reference: paid.reference,
            amount: paid.amount,
            paid_at: paid.paid_at,
            accounting_on: paid.accounting_on,
            recorded_at: now,
            message: line.origin.message,
            entry: city.fresh(now),
        };
        let keys = [line.id.due];
        let allocation = allocate(paid.amount, Purpose::Exactly(&keys), &[told.due]);
        assert!(allocation.left.is_zero(), "a plain line's money is its due's");
        let decision = decide_receipt((&receipt, Account::Clearing(paid.channel)), &allocation);
        self.chain(decision.entry, told.head.as_ref());
        self.moves.extend(decision.moves);
        let cause = Cause::Receipt(receipt.id);
        for (kind, subject) in decision.notices {
            self.notices.push(Notice {
                person: receipt.person,
                id: city.fresh(now),
                kind,
                month: subject.month,
                subject: subject.subject,
                amount: subject.amount,
                cause,
                created_at: now,
            });
        }
        self.receipts.push(receipt);
        self.told.push(index);
        self.items.push(index);
        BookedResult::Collected
    }

    fn reject(
        &mut self,
        city: &City,
        (index, line): (usize, &Line<'_>),
        (told, now): (&ToldDebit, Timestamp),
    ) -> BookedResult {
        self.told.push(index);
        self.items.push(index);
        let (person, subject) = (line.id.due.person, line.failure());
        let first = self.failures.insert((person, subject.subject, subject.month));
        if first && !told.failure_told {
            self.notices.push(Notice {
                person,
                id: city.fresh(now),
                kind: NoticeKind::WithholdingFailed,
                month: subject.month,
                subject: subject.subject,
                amount: subject.amount,
                cause: Cause::Message(line.origin.message),
                created_at: now,
            });
        }
        BookedResult::Rejected
    }

    /// Puts an entry behind the last one of its owner.
    fn chain(&mut self, entry: Entry, head: Option<&Head>) {
        let chain = self.chains.entry(entry.owner).or_insert_with(|| Grown {
            owner: entry.owner,
            before: head.map(|head| head.entries),
            head: head.cloned().unwrap_or(Head { entries: 0, hash: ChainHash::genesis() }),
        });
        let hash = entry.chain_after(&chain.head.hash);
        chain.head = Head { entries: chain.head.entries + 1, hash: hash.clone() };
        self.entries.push((entry, hash));
    }

    /// Writes everything. The people are locked.
    pub(super) fn save(&self, tx: &mut Tx<'_>, chunk: &Chunk<'_>) -> Result<Kept, store::Error> {
        bulk_books::insert_receipts(tx, self.receipts.iter())?;
        let entries = self.entries.iter().map(|(entry, hash)| (entry, hash));
        let grown = bulk_books::append_entries(tx, entries, self.chains.values())?;
        let moved = bulk_books::set_due_states(tx, self.moves.iter())?;
        bulk_books::insert_notices(tx, self.notices.iter())?;
        let lines = |places: &[usize]| -> Vec<Line<'_>> {
            let line = |place: &usize| chunk.line(*place).map(|(line, _)| line);
            places.iter().filter_map(line).collect()
        };
        let told = debit_told::set_told_each(tx, lines(&self.told).iter().filter_map(new_told))?;
        let ended = debit_told::end_items(tx, lines(&self.items).iter().filter_map(ended_item))?;
        debit_told::end_settled(tx, self.payments.iter().copied())?;
        let wanted = [self.chains.len(), self.moves.len(), self.told.len(), self.items.len()];
        let changed = [grown, moved, told, ended];
        let same = changed.iter().zip(wanted).all(|(n, all)| usize::try_from(*n) == Ok(all));
        Ok(if same { Kept::Whole } else { Kept::FactsChanged })
    }
}

/// What a plain line tells its attempt.
fn new_told<'a>(line: &Line<'a>) -> Option<NewTold<'a>> {
    let told: Told<'a> = match line.step()?.ok()? {
        DebitStep::Collect => line.collected(true),
        DebitStep::Reject => line.ending()?.told(DebitState::Rejected),
        _ => line.confirmed()?,
    };
    Some(NewTold {
        due: line.id.due,
        attempt: line.id.attempt,
        from: line.debit.state,
        state: told.state,
        retry: told.retry,
        reason: told.reason,
        bank_reference: told.bank_reference.or(line.debit.bank_reference.as_deref()),
        proof: told.proof.or(line.debit.proof),
    })
}

/// How a plain line ends the item of its attempt.
fn ended_item<'a>(line: &Line<'a>) -> Option<EndedItem<'a>> {
    let (state, reason) = match line.ending() {
        Some(ending) => (PaymentState::Failed, (ending.reason.word(), ending.raw)),
        None => (PaymentState::Paid, ("", "")),
    };
    Some(EndedItem { payment: line.debit.payment, due: line.id.due, state, reason })
}
