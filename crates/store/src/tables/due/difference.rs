//! Dues from values published late (补差): they belong to a month that is over, and are asked for
//! with a later month's bill. Their parts begin with 128, [`DueKey::FIRST_DIFFERENCE`].
//!
//! [`DueKey::FIRST_DIFFERENCE`]: insurance::payment::DueKey::FIRST_DIFFERENCE

use insurance::due::Due;
use insurance::ids::PersonId;
use units::Month;

use super::read;
use crate::{Error, Tx};

/// The dues of a month of the people from one number to another, adjustments behind their regular
/// due.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_of_month(
    tx: &mut Tx<'_>,
    month: Month,
    (first, last): (PersonId, PersonId),
) -> Result<Vec<Due>, Error> {
    let sql = select!(
        "WHERE person_id >= $1 AND person_id <= $2 AND month = $3 ORDER BY person_id, branch, part"
    );
    tx.query(sql, &[first.into(), last.into(), month.into()], read)
}

/// The differences of earlier months that are asked for with the bill of `asked` or of a month
/// before it: at most `limit` people's, by number, behind `after`; a person's come together.
///
/// # Errors
/// [`Error`] of the database.
fn list_open(
    tx: &mut Tx<'_>,
    asked: Month,
    after: PersonId,
    limit: i64,
) -> Result<Vec<Due>, Error> {
    let sql = select!(
        "WHERE part >= 128 AND state = 1 AND month < $1 AND person_id > $2 AND person_id <= \
         (SELECT COALESCE(MAX(person_id), 0) FROM (SELECT DISTINCT person_id FROM due \
         WHERE part >= 128 AND state = 1 AND month < $1 AND person_id > $2 AND batch_id IN \
         (SELECT batch_id FROM assessment_batch WHERE asked_month <= $1) \
         ORDER BY person_id LIMIT $3) p) AND batch_id IN \
         (SELECT batch_id FROM assessment_batch WHERE asked_month <= $1) \
         ORDER BY person_id, month, branch, part"
    );
    tx.query(sql, &[asked.into(), after.into(), limit.into()], read)
}

/// All that is asked for with a month's bill: its own unpaid dues, and open differences of earlier
/// months. At most about `limit` people's, by number, behind `after`; a person's come together.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_asked(
    tx: &mut Tx<'_>,
    month: Month,
    after: PersonId,
    limit: i64,
) -> Result<Vec<Due>, Error> {
    let mut dues = super::list_unpaid_of_month(tx, month, after, limit)?;
    let differences = list_open(tx, month, after, limit)?;
    // A list that is full ends before its people do: nobody behind its end is taken yet.
    let end = |dues: &[Due]| {
        let people = dues.chunk_by(|a, b| a.key.person == b.key.person).count();
        let is_full = i64::try_from(people).is_ok_and(|people| people >= limit);
        dues.last().filter(|_| is_full).map(|due| due.key.person)
    };
    let first_end = [end(&dues), end(&differences)].into_iter().flatten().min();
    dues.extend(differences);
    dues.retain(|due| first_end.is_none_or(|end| due.key.person <= end));
    dues.sort_unstable_by_key(|due| due.key);
    Ok(dues)
}
