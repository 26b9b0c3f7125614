//! The people who settle in the city: made up, with identity numbers that no living person has.

use insurance::identity_number::IdentityNumber;
use operations::enrol::{EnrolmentForm, MandateForm};
use policy::{Branch, BranchSet};
use units::{Fen, Month};

use crate::random::Random;
use crate::resident::Habit;

/// Tiers that every year of the pack has.
pub(crate) const BASES_YUAN: [u32; 4] = [6_000, 8_000, 12_000, 20_000];
const OFFICES: [&str; 4] = ["xuanwu", "qinhuai", "gulou", "jiangning"];

/// What the resident of a number hands in at the desk.
///
/// The division 320199 of the identity number was never issued.
///
/// # Panics
/// Beyond 1,000,000 people.
#[must_use]
pub fn form(number: u32, habit: Habit, from: Month, random: &mut Random) -> EnrolmentForm {
    let (year, rest) = (60 + number % 40, number / 40);
    let (month, day, sequence) = (1 + rest % 12, 1 + rest / 12 % 28, rest / 336);
    let old = format!("320199{year:02}{month:02}{day:02}{sequence:03}");
    let branches = [
        BranchSet::ALL,
        BranchSet::EMPTY.with(Branch::Pension).with(Branch::Medical),
        BranchSet::EMPTY.with(Branch::Medical),
    ];
    let name = format!("居民{number}");
    let mandate = habit.has_mandate().then(|| MandateForm {
        bank: "ccb".to_owned(),
        account_number: format!("62170000{number:08}"),
        holder: name.clone(),
        signed_on: from.first_day(),
    });
    EnrolmentForm {
        identity: IdentityNumber::upgrade_first_generation(&old).expect("it has 15 digits"),
        name,
        card: None,
        phone: None,
        household: None,
        office: (*random.pick(&OFFICES)).to_owned(),
        branches: *random.pick(&branches),
        base: Fen::from_yuan(*random.pick(&BASES_YUAN)),
        from,
        mandate,
    }
}
