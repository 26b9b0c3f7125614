//! 待遇查询: a hospital asks whether a person is covered on a day.

use channels::counter_api::masked_person::MaskedPerson;
use channels::counter_api::problem::{Problem, ProblemCode};
use channels::hospital_api::{CoverAnswer, CoverQuery};
use insurance::entitlement::Cover;
use insurance::identity_number::IdentityNumber;
use insurance::ids::PersonId;
use store::Tx;
use store::tables::person;

use crate::counter::{Call, CounterError};
use crate::decide_cover::{CoverError, decide_cover};

/// Answers the question, and says at whom it was a look: the look is the caller's to record. Somebody
/// who was never registered is not insured here, as somebody who has stopped is. Reads only.
///
/// # Errors
/// A wrong number, a day to come, or a day that the city's law does not cover.
pub fn ask_cover(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    query: &CoverQuery,
) -> Result<(Option<PersonId>, CoverAnswer), CounterError> {
    let today = call.now.date_in_shanghai();
    let identity =
        IdentityNumber::parse(&query.identity_number, today).map_err(|refusal| Problem {
            detail_zh: refusal.chinese().into(),
            ..ProblemCode::IdentityNumberInvalid.because(refusal.to_string()).at("identity_number")
        })?;
    if query.date > today {
        let why = "nobody knows yet who is covered on a day to come; ask for today or earlier";
        return Err(ProblemCode::MalformedRequest.because(why).at("date").into());
    }
    let Some(id) = person::find_by_identity(tx, &identity)? else {
        return Ok((None, CoverAnswer::new(None, query.date, Cover::NotInsured)));
    };
    let cover = match decide_cover(tx, call.city, id, query.date) {
        Ok(cover) => cover,
        Err(CoverError::Store(error)) => return Err(error.into()),
        Err(CoverError::NotEncoded(gap)) => {
            return Err(ProblemCode::MalformedRequest.because(gap.to_string()).at("date").into());
        }
    };
    let found = person::find(tx, id)?;
    let person = found.map(|person| MaskedPerson::new(&person.name, &person.identity));
    Ok((Some(id), CoverAnswer::new(person, query.date, cover)))
}
