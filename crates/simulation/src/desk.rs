//! What people do at a desk in the years: stop, come back, choose another base.

use insurance::ids::PersonId;
use operations::change_enrolment::Choice;
use policy::WindowKind;
use units::{Date, Fen, Month, Timestamp};

use crate::population::BASES_YUAN;
use crate::program::{Failure, Program};
use crate::random::{PerMille, Random};
use crate::resident::Resident;

/// How often somebody stops on a day, and how often somebody who stopped comes back.
const STOPS: PerMille = PerMille(3);
const COMES_BACK: PerMille = PerMille(30);
/// How often somebody chooses another base on a day.
const CHANGES: PerMille = PerMille(3);

/// Lets everybody who wants to come to the desk on a day on which it is open. Answers whether
/// somebody came back for the month that runs, so that it has to be assessed again.
///
/// # Errors
/// What the desk refuses though it must not.
pub fn open(
    program: &mut Program,
    residents: &mut [Resident],
    (day, now): (Date, Timestamp),
    random: &mut Random,
) -> Result<bool, Failure> {
    if !program.city().is_open(WindowKind::Desk, day) {
        return Ok(false);
    }
    let mut joined = false;
    for resident in residents {
        match resident.stopped_with {
            None if random.happens(STOPS) => {
                resident.stopped_with = Some(program.stop(resident.person, now)?);
            }
            None if random.happens(CHANGES) => change(program, resident, now, random)?,
            Some(until) if random.happens(COMES_BACK) => {
                joined |= come_back(program, resident, (day, until), now)?;
            }
            None | Some(_) => {}
        }
    }
    Ok(joined)
}

fn change(
    program: &mut Program,
    resident: &mut Resident,
    now: Timestamp,
    random: &mut Random,
) -> Result<(), Failure> {
    let base = Fen::from_yuan(*random.pick(&BASES_YUAN));
    if base != resident.form.base {
        resident.form.base = base;
        let choice = Choice { branches: resident.form.branches, base };
        program.change(resident.person, choice, now)?;
    }
    Ok(())
}

/// Joins again from the first month that is not insured yet; the mandate is still there. Next
/// year's values are not known in December: the desk would refuse, so they come in January.
fn come_back(
    program: &mut Program,
    resident: &mut Resident,
    (day, until): (Date, Month),
    now: Timestamp,
) -> Result<bool, Failure> {
    let from = day.month().max(until.next());
    if from.year() != day.year() {
        return Ok(false);
    }
    resident.form.from = from;
    resident.form.mandate = None;
    let known: PersonId = program.enrol(resident.form.clone(), now)?;
    assert_eq!(known, resident.person, "one identity number is one person");
    resident.stopped_with = None;
    Ok(from == day.month())
}
