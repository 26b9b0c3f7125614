//! 缴费查询: what the customer at the counter owes.

use channels::counter_api::masked_person::MaskedPerson;
use channels::counter_api::problem::ProblemCode;
use channels::counter_api::quote::{Currency, Customer, DueLine, DuesQuery, QUOTE_SECONDS, Quote};
use channels::counter_api::quote_seal::{QuoteSeal, Quoted};
use insurance::due::Due;
use insurance::ids::PersonId;
use insurance::person::Person;
use policy::WindowKind;
use store::Tx;
use store::tables::person;
use units::Date;

use super::quoted_dues::{content_of, quoted_dues, total_of};
use super::{Call, CounterError};

/// Quotes what the person of both cards owes, and says who it is: the look is the caller's to
/// record. Reads only.
///
/// # Errors
/// A wrong number, [`ProblemCode::CounterClosed`], [`ProblemCode::PersonNotFound`], or what
/// stops a collection.
pub fn query_dues(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    seal: &QuoteSeal,
    query: &DuesQuery,
) -> Result<(PersonId, Quote), CounterError> {
    let today = call.now.date_in_shanghai();
    let customer = query.check(today)?;
    refuse_when_closed(call, today)?;
    let person = find(tx, &customer)?;
    let dues = quoted_dues(tx, call, person.id)?;
    let expires_at = call.now.plus_seconds(QUOTE_SECONDS);
    let quoted =
        Quoted { person: person.id, total: total_of(&dues), expires_at, dues: content_of(&dues) };
    let quote = Quote {
        quote_id: (!dues.is_empty()).then(|| seal.seal(call.bank, &quoted)),
        person: MaskedPerson::new(&person.name, &person.identity),
        lines: lines_of(&dues),
        total_fen: quoted.total,
        currency: Currency::Cny,
        expires_at,
    };
    Ok((person.id, quote))
}

/// Refuses on a day on which the counter takes no contributions.
pub(super) fn refuse_when_closed(call: &Call<'_>, today: Date) -> Result<(), CounterError> {
    if call.city.is_open(WindowKind::Counter, today) {
        return Ok(());
    }
    let problem = ProblemCode::CounterClosed.problem();
    let next = call.city.pack().calendar().next_open_day(WindowKind::Counter, today);
    Err(next.map_or(problem.clone(), |day| problem.until(day)).into())
}

/// The lines that a teller sees.
pub(super) fn lines_of(dues: &[Due]) -> Vec<DueLine> {
    dues.iter().map(|due| DueLine::new(due.key.month, due.key.branch, due.amount)).collect()
}

/// The person to whom both numbers belong. One answer for all that is wrong: a teller's terminal
/// is no way to find out whose card a number is.
fn find(tx: &mut Tx<'_>, customer: &Customer) -> Result<Person, CounterError> {
    let by_identity = person::find_by_identity(tx, &customer.identity_number)?;
    let by_card = person::find_by_card(tx, &customer.social_security_card)?;
    match (by_identity, by_card) {
        (Some(id), Some(other)) if id == other => {
            person::find(tx, id)?.ok_or_else(|| ProblemCode::PersonNotFound.into())
        }
        _ => Err(ProblemCode::PersonNotFound.into()),
    }
}
