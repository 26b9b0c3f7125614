//! What a choice would cost, month by month, before anybody saves it; each amount with its
//! explanation.

use policy::{Branch, BranchSet, Explanation, NotEncoded, Refusal};
use units::{Fen, Month};

use crate::change_enrolment::Choice;
use crate::city::City;

/// How many months a preview shows.
pub const MONTHS: i32 = 3;

/// A month as it would be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthPreview {
    /// 费款所属期.
    pub month: Month,
    /// One line an insurance.
    pub lines: Vec<LinePreview>,
    /// Their sum.
    pub total: Fen,
}

/// An insurance's share of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePreview {
    /// Which.
    pub branch: Branch,
    /// How much.
    pub amount: Fen,
    /// What of it goes to the individual account.
    pub account: Fen,
    /// Why.
    pub explanation: Explanation,
}

/// What the first months of a choice cost, by what is known today. Months for which the pack has no
/// value yet are left out, but never the first.
///
/// Worked (Nanjing, 2026-11, pension and medical insurance on 4,952): 990.40 and 406.20, together
/// 1,396.60.
///
/// # Errors
/// [`Refusal`] when the choice is not allowed, or the first month can't be computed.
pub fn preview_bill(
    city: &City,
    choice: Choice,
    (from, known_on): (Month, units::Date),
) -> Result<Vec<MonthPreview>, Refusal> {
    let mut months = Vec::new();
    for month in (0..MONTHS).map(|ahead| from.plus(ahead)) {
        match preview_month(city, choice, month, known_on) {
            Ok(preview) => months.push(preview),
            Err(Refusal::MustBeEncoded(_)) if !months.is_empty() => break,
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(months)
}

fn preview_month(
    city: &City,
    Choice { branches, base }: Choice,
    month: Month,
    known_on: units::Date,
) -> Result<MonthPreview, Refusal> {
    let rules = city.pack().rules(month, known_on)?;
    rules.check_choice(branches)?;
    let mut lines = Vec::new();
    for branch in branches.iter() {
        // The first month is checked strictly when it is saved; later ones carry the base on.
        let base = match rules.check_base(branch, base) {
            Ok(_) => base,
            Err(_) if month > known_on.month() => rules.carried_base(branch, base)?,
            Err(refusal) => return Err(refusal),
        };
        let charge = rules.charge(branch, base)?;
        let explanation = rules.explain(branch, base)?;
        let (amount, account) = (charge.amount, charge.account);
        lines.push(LinePreview { branch, amount, account, explanation });
    }
    let total = lines.iter().map(|line| line.amount).sum();
    Ok(MonthPreview { month, lines, total })
}

/// The bases that a clerk offers for a choice of insurances in a month: tiers where the pack has
/// tiers, else the floor and the cap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseOffer {
    /// Amounts to choose from; empty where any between floor and cap will do.
    pub tiers: Vec<Fen>,
    /// The least.
    pub floor: Fen,
    /// The greatest.
    pub cap: Fen,
    /// The insurances that are open.
    pub open: BranchSet,
}

/// What the pack offers in a month.
///
/// # Errors
/// [`NotEncoded`].
pub fn base_offer(
    city: &City,
    (month, known_on): (Month, units::Date),
) -> Result<BaseOffer, NotEncoded> {
    let rules = city.pack().rules(month, known_on)?;
    let open = rules.open_branches();
    let limits = open.iter().find_map(|branch| rules.base_limits(branch).ok());
    let tiers = match limits {
        Some(policy::contribution_base::BaseLimits::Tiers(tiers)) => tiers.clone(),
        _ => Vec::new(),
    };
    let (floor, cap) = limits.map_or((Fen::ZERO, Fen::ZERO), |l| (l.floor(), l.cap()));
    Ok(BaseOffer { tiers, floor, cap, open })
}
