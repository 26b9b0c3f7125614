//! Thousands of lines of a bank's answer at once. What booking must know of them is read with one
//! statement, each line is decided by the same functions as a line alone, and what they write is
//! inserted and changed in bulk.
//!
//! Only plain lines go this way: money for one due that still asks for it, a rejection, a repeat. A
//! person one of whose lines is anything else (a return, a second booking, a part, a contradiction,
//! cover to restore) is booked line by line, in the lines' order; people's books do not touch.

use std::collections::{BTreeMap, BTreeSet};

use channels::bank_batch::bank_result::BankResult;
use channels::bank_batch::end_to_end_id::EndToEndId;
use insurance::allocation::{Purpose, allocate};
use insurance::cause::Cause;
use insurance::debit::failure::{Aftermath, aftermath};
use insurance::debit::{DebitState, DebitStep};
use insurance::due::Due;
use insurance::ids::{PaymentId, PersonId};
use insurance::ledger::{Account, ChainHash, Entry};
use insurance::notice::NoticeKind;
use insurance::payment::DueKey;
use insurance::receipt::Receipt;
use store::Tx;
use store::tables::bulk_books::{self, Grown, Head};
use store::tables::debit::Told;
use store::tables::debit_told::{self, EndedItem, NewTold, ToldDebit, ToldKey};
use store::tables::due::Transition;
use store::tables::notice::Notice;
use store::tables::payment::PaymentState;
use units::Timestamp;

use super::book_bank_result::{BookedResult, accounting_day, book_bank_result, money_reference};
use super::line::{Line, Origin};
use crate::city::City;
use crate::decide_receipt::decide_receipt;

/// Books lines in the caller's transaction; answers what became of each, in their order. The books
/// are those that [`book_bank_result`] makes of one line after the other.
///
/// # Errors
/// The database's; every rule's "no" is an answer.
pub fn book_chunk(
    tx: &mut Tx<'_>,
    city: &City,
    (results, origin): (&[BankResult], Origin),
    now: Timestamp,
) -> Result<Vec<BookedResult>, store::Error> {
    let parsed: Vec<Option<EndToEndId>> =
        results.iter().map(|result| EndToEndId::parse(&result.end_to_end_id)).collect();
    let known = list_told(tx, (results, &parsed))?;
    let chunk = Chunk { results, known: &known, origin };
    let alone = chunk.people_booked_alone(&parsed);
    let mut books = Books::new(city, now);
    let mut answers = Vec::with_capacity(results.len());
    for (index, id) in parsed.iter().enumerate() {
        let plain = id.filter(|id| !alone.contains(&id.due.person));
        let line = plain.and_then(|id| chunk.line(index, id));
        answers.push(line.and_then(|line| books.book(&line, known[index].as_ref()?)));
    }
    books.save(tx)?;
    results
        .iter()
        .zip(answers)
        .map(|(result, answer)| match answer {
            Some(answer) => Ok(answer),
            None => {
                let on = accounting_day(tx, result)?.unwrap_or(origin.on);
                book_bank_result(tx, city, (result, Origin { on, ..origin }), now)
            }
        })
        .collect()
}

/// What is known of each line's attempt, by the line's place.
fn list_told(
    tx: &mut Tx<'_>,
    (results, parsed): (&[BankResult], &[Option<EndToEndId>]),
) -> Result<Vec<Option<ToldDebit>>, store::Error> {
    let keys: Vec<ToldKey<'_>> = (0_i64..)
        .zip(results.iter().zip(parsed))
        .filter_map(|(line, (result, id))| {
            let EndToEndId { due, attempt } = (*id)?;
            Some(ToldKey { line, due, attempt, reference: &result.end_to_end_id })
        })
        .collect();
    let mut known: Vec<Option<ToldDebit>> = results.iter().map(|_| None).collect();
    for told in debit_told::list(tx, &keys)? {
        let place = usize::try_from(told.line).ok().and_then(|line| known.get_mut(line));
        *place.expect("a line has the place that was asked for") = Some(told);
    }
    Ok(known)
}

struct Chunk<'a> {
    results: &'a [BankResult],
    known: &'a [Option<ToldDebit>],
    origin: Origin,
}

impl<'a> Chunk<'a> {
    /// The line of a place, if its attempt is known.
    fn line(&self, index: usize, id: EndToEndId) -> Option<Line<'a>> {
        let told = self.known[index].as_ref()?;
        let origin = Origin { on: told.collect_on, ..self.origin };
        Some(Line { id, debit: &told.debit, result: &self.results[index], origin })
    }

    /// The people one of whose lines is not plain.
    fn people_booked_alone(&self, parsed: &[Option<EndToEndId>]) -> BTreeSet<PersonId> {
        let mut alone = BTreeSet::new();
        let mut seen: BTreeSet<DueKey> = BTreeSet::new();
        for (index, id) in parsed.iter().enumerate() {
            // Money of strangers might come under a number of ours.
            let reference = money_reference(&self.results[index], "");
            alone.extend(EndToEndId::parse(&reference).map(|id| id.due.person));
            let Some(id) = *id else { continue };
            let told = self.known[index].as_ref();
            let plain = self
                .line(index, id)
                .zip(told)
                .is_some_and(|(line, told)| is_plain(&line, told) && seen.insert(id.due));
            if !plain {
                alone.insert(id.due.person);
            }
        }
        alone
    }
}

/// Whether a line needs no more than [`debit_told::list`] tells.
fn is_plain(line: &Line<'_>, told: &ToldDebit) -> bool {
    let told_amount = line.stated().unwrap_or(line.debit.amount);
    match line.step() {
        None => true,
        Some(Ok(DebitStep::Nothing)) => told.booked.is_none_or(|booked| booked == told_amount),
        Some(Ok(DebitStep::Collect)) => {
            let asks = told.locks && told.due.state.is_unpaid() && told.due.amount == told_amount;
            let fresh = line.debit.state == DebitState::Sent && told.booked.is_none();
            asks && fresh && !told.suspended
        }
        Some(Ok(DebitStep::Reject)) => line.ending().is_some_and(|ending| {
            matches!(
                aftermath(ending.reason),
                Aftermath::MayBeSentAgain | Aftermath::NeedsAnotherMandate
            ) && told.locks
        }),
        Some(
            Ok(DebitStep::Return | DebitStep::CollectAndReturn | DebitStep::HoldExtra) | Err(_),
        ) => false,
    }
}

/// What plain lines write, gathered.
struct Books<'a> {
    city: &'a City,
    now: Timestamp,
    receipts: Vec<Receipt>,
    entries: Vec<(Entry, ChainHash)>,
    chains: BTreeMap<PersonId, Grown>,
    moves: Vec<(Due, Transition)>,
    notices: Vec<Notice>,
    told: Vec<NewTold<'a>>,
    items: Vec<EndedItem<'a>>,
    payments: BTreeSet<(PersonId, PaymentId)>,
    failures: BTreeSet<(PersonId, i64, units::Month)>,
}

impl<'a> Books<'a> {
    const fn new(city: &'a City, now: Timestamp) -> Self {
        Self {
            city,
            now,
            receipts: Vec::new(),
            entries: Vec::new(),
            chains: BTreeMap::new(),
            moves: Vec::new(),
            notices: Vec::new(),
            told: Vec::new(),
            items: Vec::new(),
            payments: BTreeSet::new(),
            failures: BTreeSet::new(),
        }
    }

    /// Books a plain line.
    fn book(&mut self, line: &Line<'a>, told: &ToldDebit) -> Option<BookedResult> {
        let booked = match line.step() {
            None => return Some(BookedResult::Pending),
            Some(Ok(DebitStep::Nothing)) => self.confirm(line),
            Some(Ok(DebitStep::Collect)) => self.collect(line, told),
            Some(Ok(DebitStep::Reject)) => self.reject(line, told)?,
            Some(
                Ok(DebitStep::Return | DebitStep::CollectAndReturn | DebitStep::HoldExtra) | Err(_),
            ) => unreachable!("such a line is not plain"),
        };
        self.payments.insert((line.id.due.person, line.debit.payment));
        Some(booked)
    }

    fn confirm(&mut self, line: &Line<'a>) -> BookedResult {
        if let Some(told) = line.confirmed() {
            self.tell(line, &told);
        }
        BookedResult::Repeated
    }

    fn collect(&mut self, line: &Line<'a>, told: &ToldDebit) -> BookedResult {
        let paid = line.money(line.result.end_to_end_id.clone());
        let receipt = Receipt {
            person: line.id.due.person,
            id: self.city.fresh(self.now),
            channel: paid.channel,
            reference: paid.reference,
            amount: paid.amount,
            paid_at: paid.paid_at,
            accounting_on: paid.accounting_on,
            recorded_at: self.now,
            message: line.origin.message,
            entry: self.city.fresh(self.now),
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
                id: self.city.fresh(self.now),
                kind,
                month: subject.month,
                subject: subject.subject,
                amount: subject.amount,
                cause,
                created_at: self.now,
            });
        }
        self.receipts.push(receipt);
        self.tell(line, &line.collected(true));
        self.end_item(line, PaymentState::Paid, ("", ""));
        BookedResult::Collected
    }

    fn reject(&mut self, line: &Line<'a>, told: &ToldDebit) -> Option<BookedResult> {
        let ending = line.ending()?;
        self.tell(line, &ending.told(DebitState::Rejected));
        self.end_item(line, PaymentState::Failed, (ending.reason.word(), ending.raw));
        let (person, subject) = (line.id.due.person, line.failure());
        let first = self.failures.insert((person, subject.subject, subject.month));
        if first && !told.failure_told {
            self.notices.push(Notice {
                person,
                id: self.city.fresh(self.now),
                kind: NoticeKind::WithholdingFailed,
                month: subject.month,
                subject: subject.subject,
                amount: subject.amount,
                cause: Cause::Message(line.origin.message),
                created_at: self.now,
            });
        }
        Some(BookedResult::Rejected)
    }

    /// Puts an entry behind the last one of its owner.
    fn chain(&mut self, entry: Entry, head: Option<&Head>) {
        let chain = self.chains.entry(entry.owner).or_insert_with(|| Grown {
            owner: entry.owner,
            was_there: head.is_some(),
            head: head.cloned().unwrap_or(Head { entries: 0, hash: ChainHash::genesis() }),
        });
        let hash = entry.chain_after(&chain.head.hash);
        chain.head = Head { entries: chain.head.entries + 1, hash: hash.clone() };
        self.entries.push((entry, hash));
    }

    fn tell(&mut self, line: &Line<'a>, told: &Told<'a>) {
        self.told.push(NewTold {
            due: line.id.due,
            attempt: line.id.attempt,
            state: told.state,
            retry: told.retry,
            reason: told.reason,
            bank_reference: told.bank_reference.or(line.debit.bank_reference.as_deref()),
            proof: told.proof.or(line.debit.proof),
        });
    }

    fn end_item(&mut self, line: &Line<'a>, state: PaymentState, reason: (&'a str, &'a str)) {
        let (payment, due) = (line.debit.payment, line.id.due);
        self.items.push(EndedItem { payment, due, state, reason });
    }

    fn save(self, tx: &mut Tx<'_>) -> Result<(), store::Error> {
        bulk_books::insert_receipts(tx, self.receipts.iter())?;
        let chains: Vec<Grown> = self.chains.into_values().collect();
        let entries = self.entries.iter().map(|(entry, hash)| (entry, hash));
        bulk_books::append_entries(tx, entries, &chains)?;
        bulk_books::set_due_states(tx, self.moves.iter())?;
        bulk_books::insert_notices(tx, self.notices.iter())?;
        debit_told::set_told_each(tx, self.told.iter())?;
        debit_told::end_items(tx, self.items.iter())?;
        debit_told::end_settled(tx, self.payments.into_iter())?;
        Ok(())
    }
}
