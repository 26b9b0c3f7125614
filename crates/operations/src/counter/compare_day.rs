//! 对账: the bank's file of an accounting day. What only the bank has is booked, what only we have
//! is taken back, the rest gets an owner; then the day is closed. The same file again changes
//! nothing.

use std::collections::HashSet;

use channels::counter_api::bank_word::BankSerial;
use channels::counter_api::content::Content;
use channels::counter_api::daily_file::{
    BadLine, DailyFileProfile, DailyKind, DailyLine, read_daily_file,
};
use channels::counter_api::day_end::{Action, DayDetailAnswer, DayEndState, DifferenceLine};
use channels::counter_api::day_reconciliation::{Compared, OwnPayment, Standing, compare};
use channels::counter_api::problem::{Problem, ProblemCode};
use channels::counter_api::quote::Currency;
use channels::counter_api::serial_state::{Posting, Reversing, SerialEvent, next};
use insurance::ids::MessageId;
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use insurance::reconciliation::Line;
use store::tables::counter_day::{self, CounterDay, CounterDayState};
use store::tables::counter_serial::{self, Serial, SerialKey, SerialStanding};
use store::tables::person;
use store::{Db, Tx};
use units::{Date, Timestamp};

use super::end_day::refuse_future;
use super::serial::{hold, posted};
use super::{Call, CounterError, reference, to_json};
use crate::city::City;
use crate::reconcile_day::{Statement, reconcile_day};
use crate::record_event::record_event;
use crate::settle_difference::known_of_money;

/// A bank's file of an accounting day.
#[derive(Clone)]
pub struct DailyFile {
    /// The bank's code.
    pub bank: String,
    /// 会计日期.
    pub accounting_on: Date,
    /// As it came.
    pub bytes: Vec<u8>,
    /// How the bank writes it.
    pub profile: DailyFileProfile,
}

/// Compares a day and acts on what it finds, in one transaction; then, when every bank's day is
/// closed, moves matched money to the fund and balances the channel's day.
///
/// # Errors
/// [`ProblemCode::DailyFileUnreadable`] with every bad line; then nothing is changed.
pub fn compare_day(
    db: &Db,
    city: &City,
    file: &DailyFile,
    now: Timestamp,
) -> Result<Vec<u8>, CounterError> {
    let lines = read_daily_file(&file.bytes, &file.profile, file.accounting_on)
        .map_err(|bad| unreadable(&bad))?;
    let (job, day, owner) = (file.clone(), file.accounting_on, city.clone());
    let answer = db.bulk_write(move |tx| {
        let call = Call { city: &owner, bank: &job.bank, now };
        compare_in(tx, &call, &job, &lines)
    })?;
    balance_channel_day(db, city, day, now)?;
    Ok(answer)
}

/// Balances the channel's day when every bank that booked something on it has closed its own.
///
/// # Errors
/// The database's.
pub fn balance_channel_day(
    db: &Db,
    city: &City,
    accounting_on: Date,
    now: Timestamp,
) -> Result<(), CounterError> {
    let statement = db.read(|tx| statement_of(tx, accounting_on))?;
    if let Some(lines) = statement {
        let statement = Statement { channel: ChannelKind::Counter, accounting_on, lines };
        reconcile_day(db, city, statement, "counter", now)?;
    }
    Ok(())
}

fn unreadable(bad: &[BadLine]) -> Problem {
    let lines: Vec<String> = bad.iter().map(BadLine::to_string).collect();
    ProblemCode::DailyFileUnreadable.because(lines.join("; "))
}

fn compare_in(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    file: &DailyFile,
    lines: &[DailyLine],
) -> Result<Vec<u8>, CounterError> {
    refuse_future(call, file.accounting_on)?;
    let sha256 = Content::of_file(&file.bytes).to_string();
    if let Some(CounterDay { file_sha256: Some(known), answer: Some(answer), .. }) =
        counter_day::find(tx, call.bank, file.accounting_on)?
        && known == sha256
    {
        return Ok(answer);
    }
    let mut rows = counter_serial::list_payments_of_day(tx, call.bank, file.accounting_on)?;
    rows.extend(reversed_late(tx, call.bank, (file.accounting_on, lines), &rows)?);
    let compared = compare(lines, &own_payments(&rows)?);
    let message = super::keep_message(tx, call, ("counter_day", &file.bytes))?;
    let day = Day { call, accounting_on: file.accounting_on, lines, rows: &rows, message };
    let mut differences = Vec::new();
    for found in &compared {
        if found.finding.action() != Action::None {
            differences.push(act(tx, &day, found)?);
        }
    }
    let matched = compared.len() - differences.len();
    let answer = to_json(&DayDetailAnswer {
        accounting_date: file.accounting_on,
        state: DayEndState::Reconciled,
        file_sha256: sha256.clone(),
        matched: matched.try_into().expect("a day has fewer serials than u64"),
        differences,
        currency: Currency::Cny,
    });
    let closed = CounterDay {
        state: CounterDayState::Reconciled,
        file_sha256: Some(sha256),
        answer: Some(answer.clone()),
    };
    counter_day::set(tx, (call.bank, file.accounting_on), &closed, call.now)?;
    Ok(answer)
}

/// How many days after its own a payment may be reversed by a bank's file.
const LATE_DAYS_MAX: i32 = 31;

/// Payments of earlier days that the file reverses: the bank gave the cash back after their day was
/// closed, and tells of it in a later day's file, on which it is taken back.
fn reversed_late(
    tx: &mut Tx<'_>,
    bank: &str,
    (accounting_on, lines): (Date, &[DailyLine]),
    rows: &[Serial],
) -> Result<Vec<Serial>, CounterError> {
    let first = accounting_on.plus_days(-LATE_DAYS_MAX).unwrap_or(accounting_on);
    let paid: HashSet<&str> = lines
        .iter()
        .filter(|line| line.kind == DailyKind::Payment)
        .map(|line| line.serial.as_str())
        .chain(rows.iter().map(|row| row.serial.as_str()))
        .collect();
    let mut earlier = Vec::new();
    for line in lines {
        let DailyKind::Reversal(original) = &line.kind else { continue };
        if !paid.contains(original.as_str()) {
            let (payment, days) = ((bank, original.as_str()), (first, accounting_on));
            earlier.extend(counter_serial::find_payment_before(tx, payment, days)?);
        }
    }
    Ok(earlier)
}

/// A day that is compared.
struct Day<'a> {
    call: &'a Call<'a>,
    accounting_on: Date,
    lines: &'a [DailyLine],
    rows: &'a [Serial],
    message: MessageId,
}

fn own_payments(rows: &[Serial]) -> Result<Vec<OwnPayment>, CounterError> {
    let corrupt = || store::Error::Corrupt { column: 1, expected: "a serial with its amount" };
    rows.iter()
        .map(|row| {
            Ok(OwnPayment {
                serial: BankSerial::parse(&row.serial).map_err(|_| corrupt())?,
                amount: row.amount.ok_or_else(corrupt)?,
                standing: match row.standing {
                    SerialStanding::Reversed => Standing::TakenBack,
                    _ => Standing::Stands,
                },
            })
        })
        .collect()
}

/// Does what follows from a finding. Where the serial's own rule forbids it, a person must look.
fn act(tx: &mut Tx<'_>, day: &Day<'_>, found: &Compared) -> Result<DifferenceLine, CounterError> {
    let action = match found.finding.action() {
        Action::Booked => book(tx, day, found)?,
        Action::Reversed => take_back(tx, day, found)?,
        other @ (Action::None | Action::Owner) => other,
    };
    Ok(DifferenceLine {
        bank_serial: found.serial.clone(),
        finding: found.finding,
        bank_amount_fen: found.bank,
        our_amount_fen: found.ours,
        action,
    })
}

/// 补账: the bank's cash is the fact.
fn book(tx: &mut Tx<'_>, day: &Day<'_>, found: &Compared) -> Result<Action, CounterError> {
    let Some(amount) = found.bank else { return Ok(Action::Owner) };
    let (call, bank_date) = (day.call, day.accounting_on);
    let posting = Posting { content: None, amount, accounting_on: day.accounting_on };
    let row = posted(bank_date, &found.serial, &posting);
    let key = SerialKey { bank: call.bank, bank_date, serial: found.serial.as_str() };
    let Ok(known) = hold(tx, key, &row, call.now) else { return Ok(Action::Owner) };
    if next(known.state, SerialEvent::BookFromFile(posting)).is_err() {
        return Ok(Action::Owner);
    }
    counter_serial::set(tx, call.bank, &row, call.now)?;
    let event = ChannelEvent::Paid(Paid {
        channel: ChannelKind::Counter,
        reference: reference(call.bank, bank_date, found.serial.as_str()),
        amount,
        paid_at: call.now,
        accounting_on: day.accounting_on,
        target: target(tx, day, &found.serial)?,
    });
    record_event(tx, call.city, &event, day.message, call.now)?;
    Ok(Action::Booked)
}

/// Whose money a line is: the person of its card, else nobody we know.
fn target(tx: &mut Tx<'_>, day: &Day<'_>, serial: &BankSerial) -> Result<Target, CounterError> {
    let payment = |line: &&DailyLine| line.serial == *serial && line.kind == DailyKind::Payment;
    let card = day.lines.iter().find(payment).and_then(|line| line.customer.as_ref());
    let person = match card {
        Some(card) => person::find_by_card(tx, card)?,
        None => None,
    };
    Ok(person.map_or(Target::Unknown, Target::Person))
}

/// 抹账: the bank does not have the cash, or gave it back.
fn take_back(tx: &mut Tx<'_>, day: &Day<'_>, found: &Compared) -> Result<Action, CounterError> {
    let call = day.call;
    let row = day
        .rows
        .iter()
        .find(|row| row.serial == found.serial.as_str() && row.standing == SerialStanding::Posted);
    let (Some(row), Some(amount)) = (row, found.ours) else { return Ok(Action::Owner) };
    let money = reference(call.bank, row.bank_date, &row.serial);
    let of_day = (ChannelKind::Counter, row.accounting_on.unwrap_or(day.accounting_on));
    let booked = known_of_money(tx, of_day, &money)?.map(|known| known.reference);
    let event = ChannelEvent::Returned {
        channel: ChannelKind::Counter,
        return_reference: format!("{money}/file"),
        reference: booked.unwrap_or(money),
        amount,
        accounting_on: day.accounting_on,
        raw: "抹账".to_owned(),
    };
    let key = SerialKey { bank: call.bank, bank_date: row.bank_date, serial: &row.serial };
    let known = hold(tx, key, row, call.now)?;
    let reversing =
        Reversing { serial: found.serial.clone(), amount, accounting_on: day.accounting_on };
    if next(known.state, SerialEvent::ReverseFromFile(reversing)).is_err() {
        return Ok(Action::Owner);
    }
    record_event(tx, call.city, &event, day.message, call.now)?;
    let taken_back = Serial {
        standing: SerialStanding::Reversed,
        other: Some((row.bank_date, row.serial.clone())),
        ..row.clone()
    };
    counter_serial::set(tx, call.bank, &taken_back, call.now)?;
    Ok(Action::Reversed)
}

/// What all banks say of a day, as the references of their money; `None` while one of them has
/// not closed it.
fn statement_of(tx: &mut Tx<'_>, accounting_on: Date) -> Result<Option<Vec<Line>>, CounterError> {
    let mut lines = Vec::new();
    for bank in counter_serial::list_banks_of_day(tx, accounting_on)? {
        let Some(day) = counter_day::find(tx, &bank, accounting_on)? else { return Ok(None) };
        let owned = match &day.answer {
            Some(answer) => owned_differences(answer)?,
            None => Vec::new(),
        };
        for row in counter_serial::list_payments_of_day(tx, &bank, accounting_on)? {
            let differs = owned.iter().find(|line| line.bank_serial.as_str() == row.serial);
            let amount = match differs {
                Some(line) => line.bank_amount_fen,
                None => row.amount.filter(|_| row.standing == SerialStanding::Posted),
            };
            if let Some(amount) = amount {
                let reference = reference(&bank, row.bank_date, &row.serial);
                lines.push(Line { reference, amount });
            }
        }
    }
    Ok(Some(lines))
}

fn owned_differences(answer: &[u8]) -> Result<Vec<DifferenceLine>, CounterError> {
    let answer: DayDetailAnswer =
        serde_json::from_slice(answer).map_err(|error| CounterError::Failure(Box::new(error)))?;
    let owned = answer.differences.into_iter().filter(|line| line.action == Action::Owner);
    Ok(owned.collect())
}
