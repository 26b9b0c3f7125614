//! `payment_order`, `payment_order_event`: money that the fund's bank is told to pay out.

use insurance::casework::form::Payee;
use insurance::ids::{CaseId, ClerkId, EntryId, PaymentOrderId, PersonId};
use insurance::ledger::Account;
use insurance::payment_order::{OrderEvent, OrderState, PaymentOrder};
use units::{Date, Fen, Timestamp};

use crate::{Error, Row, Tx};

/// Inserts an order; the database refuses a second live one for a payment of a case.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, order: &PaymentOrder) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO payment_order (person_id, order_id, case_id, step, line, holder, \
         bank, account_number, amount_fen, source, entry_id, ordered_at, ordered_on, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)",
        &[
            order.person.into(),
            order.id.into(),
            order.case.into(),
            order.step.into(),
            order.line.into(),
            (&order.payee.holder).into(),
            (&order.payee.bank).into(),
            (&order.payee.account).into(),
            order.amount.into(),
            order.source.code().into(),
            order.entry.into(),
            order.ordered_at.into(),
            order.ordered_on.into(),
        ],
    )?;
    Ok(())
}

/// What the bank said of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankAnswer {
    /// What.
    pub event: OrderEvent,
    /// Who entered it.
    pub clerk: ClerkId,
    /// 工号 of the account when it acted.
    pub staff: Option<String>,
    /// When it was entered.
    pub recorded_at: Timestamp,
    /// The bank's day.
    pub effective_on: Date,
    /// The bank's number, or its reason.
    pub reference: String,
    /// The entry that booked it.
    pub entry: EntryId,
}

/// Records the bank's answer and follows it with the order's state.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_answer(
    tx: &mut Tx<'_>,
    (person, order): (PersonId, PaymentOrderId),
    (answer, state): (&BankAnswer, OrderState),
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO payment_order_event (person_id, order_id, event, clerk_id, staff_number, \
         recorded_at, effective_on, bank_reference, entry_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            person.into(),
            order.into(),
            event_code(answer.event).into(),
            answer.clerk.into(),
            answer.staff.as_ref().into(),
            answer.recorded_at.into(),
            answer.effective_on.into(),
            (&answer.reference).into(),
            answer.entry.into(),
        ],
    )?;
    tx.execute(
        "UPDATE payment_order SET state = $3 WHERE person_id = $1 AND order_id = $2",
        &[person.into(), order.into(), state.code().into()],
    )?;
    Ok(())
}

/// The code of an answer: that of the state that it leads to.
fn event_code(event: OrderEvent) -> i64 {
    match event {
        OrderEvent::Confirm => OrderState::Confirmed.code(),
        OrderEvent::Reject => OrderState::Rejected.code(),
    }
}

const COLUMNS: &str = "SELECT person_id, order_id, case_id, line, holder, bank, account_number, amount_fen, source, \
     entry_id, ordered_at, ordered_on, state, step FROM payment_order";

/// An order with its state, locked until the transaction ends where rows can be locked.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_locked(
    tx: &mut Tx<'_>,
    (person, order): (PersonId, PaymentOrderId),
) -> Result<Option<(PaymentOrder, OrderState)>, Error> {
    let lock = "SELECT 1 FROM payment_order WHERE person_id = $1 AND order_id = $2";
    tx.lock_row(lock, &[person.into(), order.into()])?;
    let sql = format!("{COLUMNS} WHERE person_id = $1 AND order_id = $2");
    tx.query_opt(&sql, &[person.into(), order.into()], read)
}

/// The orders of a case, in the order of making.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_of_case(
    tx: &mut Tx<'_>,
    (person, case): (PersonId, CaseId),
) -> Result<Vec<(PaymentOrder, OrderState)>, Error> {
    let sql = format!("{COLUMNS} WHERE person_id = $1 AND case_id = $2 ORDER BY order_id");
    tx.query(&sql, &[person.into(), case.into()], read)
}

/// The orders of a person, in the order of making.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<(PaymentOrder, OrderState)>, Error> {
    let sql = format!("{COLUMNS} WHERE person_id = $1 ORDER BY order_id");
    tx.query(&sql, &[person.into()], read)
}

/// The orders that the bank has not answered, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_waiting(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(PaymentOrder, OrderState)>, Error> {
    let sql = format!("{COLUMNS} WHERE state = 1 ORDER BY ordered_at, order_id LIMIT $1");
    tx.query(&sql, &[limit.into()], read)
}

/// Every order, for proof.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_all(tx: &mut Tx<'_>) -> Result<Vec<(PaymentOrder, OrderState)>, Error> {
    tx.query(&format!("{COLUMNS} ORDER BY person_id, order_id"), &[], read)
}

/// The bank's reference, or its reason, for each answered order of a case.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_answers(
    tx: &mut Tx<'_>,
    (person, case): (PersonId, CaseId),
) -> Result<Vec<(PaymentOrderId, String)>, Error> {
    tx.query(
        "SELECT e.order_id, e.bank_reference FROM payment_order_event e JOIN payment_order o \
         ON o.person_id = e.person_id AND o.order_id = e.order_id \
         WHERE e.person_id = $1 AND o.case_id = $2 ORDER BY e.order_id",
        &[person.into(), case.into()],
        |row| Ok((row.id(0)?, row.string(1)?)),
    )
}

/// What was ordered and not answered.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_waiting(tx: &mut Tx<'_>) -> Result<Fen, Error> {
    let sql = "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM payment_order \
               WHERE state = 1";
    tx.query_one(sql, &[], |row| row.fen(0))
}

fn read(row: &Row<'_>) -> Result<(PaymentOrder, OrderState), Error> {
    let order = PaymentOrder {
        person: row.id(0)?,
        id: row.id(1)?,
        case: row.id::<CaseId>(2)?,
        step: row.int(13)?,
        line: row.int(3)?,
        payee: Payee { holder: row.string(4)?, bank: row.string(5)?, account: row.string(6)? },
        amount: row.fen(7)?,
        source: row.code(8, Account::from_code)?,
        entry: row.id(9)?,
        ordered_at: row.timestamp(10)?,
        ordered_on: row.date(11)?,
    };
    Ok((order, row.code(12, OrderState::from_code)?))
}
