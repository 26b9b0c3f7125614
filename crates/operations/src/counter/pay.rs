//! 缴费: the teller has the cash; it is booked, once.

use channels::counter_api::content::Content;
use channels::counter_api::masked_person::MaskedPerson;
use channels::counter_api::payment::{PaymentAnswer, PaymentRequest};
use channels::counter_api::problem::ProblemCode;
use channels::counter_api::quote::Currency;
use channels::counter_api::quote_seal::QuoteSeal;
use channels::counter_api::receipt_text::{Receipt, receipt_text};
use channels::counter_api::serial_state::{SerialEvent, SerialState, next};
use insurance::due::Due;
use insurance::ids::{MessageId, PaymentId};
use insurance::payment::{ChannelKind, Paid, Target};
use insurance::person::Person;
use store::Tx;
use store::tables::counter_serial::{self, SerialKey};
use store::tables::payment::{self, Payment, PaymentState};
use store::tables::person;
use units::capital_amount;

use super::query_dues::{lines_of, refuse_when_closed};
use super::quoted_dues::{content_of, quoted_dues, total_of};
use super::serial::{self, hold, posting_of};
use super::{CounterError, NamedCall, accounting_day, reference, to_json};
use crate::record_event::{Recorded, record_receipt_of};

/// Books a payment and answers the body of the answer; a repetition gets the same bytes.
///
/// # Errors
/// What [`next`] refuses, a quote that does not hold any more, or a sum that is not the quote's.
pub fn pay(
    tx: &mut Tx<'_>,
    named: &NamedCall<'_>,
    seal: &QuoteSeal,
    request: &PaymentRequest,
) -> Result<Vec<u8>, CounterError> {
    let call = &named.call;
    let key = SerialKey {
        bank: call.bank,
        bank_date: request.bank_date,
        serial: request.bank_serial.as_str(),
    };
    if super::was_answered(tx, named)? {
        return super::answer_of(tx, key);
    }
    let content = Content::of(&[&to_json(request)]);
    let posting = posting_of(content, request.amount_fen, request.accounting_date);
    let day = accounting_day(tx, call.bank, request.accounting_date)?;
    let row = serial::posted(request.bank_date, &request.bank_serial, &posting);
    let known = hold(tx, key, &row, call.now)?;
    let was_unknown = known.state == SerialState::Unknown;
    next(known.state, SerialEvent::Pay(posting, day))?;
    let answer = match known.answer {
        Some(answer) => answer,
        None if was_unknown => {
            let message = super::keep_message(tx, call, ("counter_payment", named.body))?;
            let answer = to_json(&book(tx, named, (seal, message), request)?);
            counter_serial::set_answer(tx, key, &answer)?;
            answer
        }
        None => return Err(ProblemCode::SerialReused.into()),
    };
    Ok(answer)
}

fn book(
    tx: &mut Tx<'_>,
    named: &NamedCall<'_>,
    (seal, message): (&QuoteSeal, MessageId),
    request: &PaymentRequest,
) -> Result<PaymentAnswer, CounterError> {
    let call = &named.call;
    let (person, dues) = check_quote(tx, named, seal, request)?;
    let attempt = insert_attempt(tx, named, &person, &dues)?;
    let paid = Paid {
        channel: ChannelKind::Counter,
        reference: reference(call.bank, request.bank_date, request.bank_serial.as_str()),
        amount: request.amount_fen,
        paid_at: request.paid_at,
        accounting_on: request.accounting_date,
        target: Target::Attempt(person.id, attempt),
    };
    let Recorded::Booked { receipt, paid, left } =
        record_receipt_of(tx, call.city, (&paid, &dues), message, call.now)?
    else {
        return Err(ProblemCode::SerialReused.into());
    };
    payment::set_items_state(tx, person.id, attempt, PaymentState::Paid)?;
    assert!(left.is_zero(), "the dues are locked and their sum is the payment's");
    assert_eq!(paid.len(), dues.len(), "every due of the quote is paid");
    let person = MaskedPerson::new(&person.name, &person.identity);
    let (number, lines) = (receipt.id.to_string(), lines_of(&dues));
    let printed = Receipt {
        number: &number,
        person: &person,
        lines: &lines,
        amount: request.amount_fen,
        paid_at: request.paid_at,
        serial: &request.bank_serial,
        branch_code: &request.branch_code,
        teller: &request.teller,
    };
    let receipt_text = receipt_text(&printed);
    Ok(PaymentAnswer {
        receipt_number: number,
        bank_date: request.bank_date,
        bank_serial: request.bank_serial.clone(),
        accounting_date: request.accounting_date,
        person,
        lines,
        amount_fen: request.amount_fen,
        amount_capitals: capital_amount(request.amount_fen),
        currency: Currency::Cny,
        booked_at: call.now,
        receipt_text,
    })
}

/// Who pays and the dues that the quote is of, which are still to be paid; the person's facts are locked.
fn check_quote(
    tx: &mut Tx<'_>,
    named: &NamedCall<'_>,
    seal: &QuoteSeal,
    request: &PaymentRequest,
) -> Result<(Person, Vec<Due>), CounterError> {
    let call = &named.call;
    let quote = seal.open(call.bank, &request.quote_id).ok_or(ProblemCode::QuoteNotFound)?;
    if quote.expires_at < call.now {
        return Err(ProblemCode::QuoteExpired.into());
    }
    if quote.total != request.amount_fen {
        let detail = format!("the quote's total is {} fen", quote.total.fen());
        let problem = ProblemCode::AmountDiffersFromQuote.because(detail);
        return Err(problem.at("amount_fen").into());
    }
    refuse_when_closed(call, call.now.date_in_shanghai())?;
    let person = person::find_locked(tx, quote.person)?.ok_or(ProblemCode::QuoteNotFound)?;
    let dues = quoted_dues(tx, call, quote.person)?;
    if dues.is_empty() || !quote.is_of(content_of(&dues)) {
        return Err(ProblemCode::DuesChanged.into());
    }
    Ok((person, dues))
}

/// The attempt, whose money is here already. Its dues are claimed as open ones first: the database lets a
/// due lie in one open attempt only, and a batch for the bank may be made at this moment.
fn insert_attempt(
    tx: &mut Tx<'_>,
    named: &NamedCall<'_>,
    person: &Person,
    dues: &[Due],
) -> Result<PaymentId, CounterError> {
    let call = &named.call;
    let attempt = Payment {
        person: person.id,
        id: call.city.fresh(call.now),
        channel: ChannelKind::Counter,
        state: PaymentState::Paid,
        amount: total_of(dues),
        opened_at: call.now,
        expires_at: None,
        run: None,
        detail: Some(call.bank.to_owned()),
    };
    payment::insert(tx, &attempt)?;
    for due in dues {
        if payment::insert_item(tx, attempt.id, &due.key, due.amount)? == 0 {
            return Err(ProblemCode::PaymentUnderWay.into());
        }
    }
    Ok(attempt.id)
}
