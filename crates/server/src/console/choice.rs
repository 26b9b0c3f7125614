//! What a clerk chooses for a person: insurances and base. Joining, coming back and changing read
//! and offer it alike.

use operations::City;
use operations::change_enrolment::Choice;
use operations::desk::preview_bill::{BaseOffer, base_offer};
use policy::{Branch, BranchSet, NotEncoded, Refusal, Text};
use units::{Date, Fen, Month};

use crate::site::form::Form;
use crate::site::visit::Visit;

/// The insurances ticked in a form.
pub(crate) fn branches_of(form: &Form) -> BranchSet {
    let ticked = |branch: &Branch| form.values("branch").any(|word| word == branch.word());
    Branch::ALL.into_iter().filter(ticked).collect()
}

/// Reads the choice of a form; what is wrong with the base is said at its field.
pub(crate) fn read(form: &mut Form) -> Option<Choice> {
    let typed: String = form.value("base").chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let Ok(base) = typed.parse::<Fen>() else {
        let words =
            Text::fixed("缴费基数请填写元数，例如 4952。", "Write the base in yuan, such as 4952.");
        form.refuse("base", words);
        return None;
    };
    Some(Choice { branches: branches_of(form), base })
}

/// A form with a choice filled in.
pub(crate) fn fill(form: Form, choice: Choice) -> Form {
    let base = choice.base.to_string();
    let base = base.strip_suffix(".00").unwrap_or(&base).to_owned();
    let form = form.with("base", base);
    choice.branches.iter().fold(form, |form, branch| form.with("branch", branch.word()))
}

/// The field that a refusal of the law is about.
pub(crate) const fn field_of(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::MustBeEncoded(_) => "from",
        Refusal::BranchMustBeOpen(_)
        | Refusal::ChoiceMustNotBeEmpty
        | Refusal::BranchMustBeChosenTogether { .. } => "branch",
        Refusal::BaseMustReachFloor { .. }
        | Refusal::BaseMustNotExceedCap { .. }
        | Refusal::BaseMustBeTier { .. } => "base",
    }
}

/// What may be chosen in a month.
pub(crate) struct Offer {
    /// The first month of the choice.
    pub(crate) month: Month,
    bases: BaseOffer,
}

impl Offer {
    /// What the pack offers.
    ///
    /// # Errors
    /// [`NotEncoded`].
    pub(crate) fn of(city: &City, month: Month, today: Date) -> Result<Self, NotEncoded> {
        Ok(Self { month, bases: base_offer(city, (month, today))? })
    }

    /// What most joiners choose: pension and medical insurance on the least base.
    pub(crate) fn usual(&self) -> Choice {
        let usual = BranchSet::EMPTY.with(Branch::Pension).with(Branch::Medical);
        let branches = usual.iter().filter(|b| self.bases.open.contains(*b)).collect();
        Choice { branches, base: self.bases.floor }
    }

    /// The insurances that are open.
    pub(crate) fn branches(&self) -> Vec<Branch> {
        self.bases.open.iter().collect()
    }

    /// Amounts to choose from.
    pub(crate) fn tiers(&self) -> Vec<String> {
        let plain = |tier: &Fen| tier.to_string().trim_end_matches(".00").to_owned();
        self.bases.tiers.iter().map(plain).collect()
    }

    /// `4,952元到24,762元，共18档`.
    pub(crate) fn limits(&self, visit: &Visit) -> String {
        let (floor, cap) = (visit.money(self.bases.floor), visit.money(self.bases.cap));
        match (self.bases.tiers.len(), visit.english()) {
            (0, true) => format!("{floor} to {cap}"),
            (0, false) => format!("{floor}到{cap}"),
            (count, true) => format!("{count} tiers, {floor} to {cap}"),
            (count, false) => format!("{floor}到{cap}，共{count}档"),
        }
    }
}
