//! Before the deposit day: everybody with a live mandate and unpaid dues is told the exact sum
//! that must be on the card.

use insurance::cause::Cause;
use insurance::due::Due;
use insurance::ids::{CITY, PersonId, RunId};
use insurance::notice::NoticeKind;
use store::tables::{due, mandate};
use store::{Db, Tx};
use units::{Fen, Month, Timestamp};

use crate::city::City;
use crate::run::{self, Job};
use crate::write_notice::{Subject, write_notice};

/// How many people one transaction reminds.
const PEOPLE_PER_BATCH: i64 = 5_000;

/// Writes the reminders of a month, with what differences of earlier months add to the sum, and
/// answers how many. Running it again writes those of people
/// who were not reminded.
///
/// # Errors
/// The database's.
pub fn remind_deposit(
    db: &Db,
    city: &City,
    (month, actor): (Month, &str),
    now: Timestamp,
) -> Result<u64, store::Error> {
    let subject = month.to_string();
    let job = Job { kind: "remind_deposit", subject: &subject, actor };
    let run = run::begin(db, city, job, now)?.id;
    let mut after = CITY;
    let mut written = 0;
    loop {
        let city = city.clone();
        let chunk = db.bulk_write(move |tx| remind_chunk(tx, &city, (month, run), after, now))?;
        let Some((last, count)) = chunk else { break };
        after = last;
        written += count;
    }
    run::end(db, run, format!("{written} reminders"), now)?;
    Ok(written)
}

fn remind_chunk(
    tx: &mut Tx<'_>,
    city: &City,
    (month, run): (Month, RunId),
    after: PersonId,
    now: Timestamp,
) -> Result<Option<(PersonId, u64)>, store::Error> {
    let dues = due::difference::list_asked(tx, month, after, PEOPLE_PER_BATCH)?;
    let mut count = 0;
    for of_person in dues.chunk_by(|a, b| a.key.person == b.key.person) {
        count += u64::from(remind(tx, city, (month, run), of_person, now)?);
    }
    Ok(dues.last().map(|due| (due.key.person, count)))
}

fn remind(
    tx: &mut Tx<'_>,
    city: &City,
    (month, run): (Month, RunId),
    dues: &[Due],
    now: Timestamp,
) -> Result<bool, store::Error> {
    let Some(person) = dues.first().map(|due| due.key.person) else { return Ok(false) };
    if mandate::find_live(tx, person)?.is_none() {
        return Ok(false);
    }
    let amount: Fen = dues.iter().map(|due| due.amount).sum();
    let subject = Subject { month, subject: 0, amount };
    let about = (person, NoticeKind::DepositReminder);
    Ok(write_notice(tx, city, about, (subject, Cause::Run(run)), now)?.is_some())
}
