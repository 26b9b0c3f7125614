//! Why the law, as the pack has it, says no; each with a stable code and a next step.

use units::Fen;

use crate::Branch;
use crate::contribution_base::BaseRefusal;
use crate::dated::NotEncoded;
use crate::text::Text;

/// A rule says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The pack has no value for the day.
    #[error(transparent)]
    MustBeEncoded(#[from] NotEncoded),
    /// The branch is not open to the flexibly employed.
    #[error("{} insurance is not open to the flexibly employed here", .0.word())]
    BranchMustBeOpen(Branch),
    /// No branch was chosen.
    #[error("at least one insurance must be chosen")]
    ChoiceMustNotBeEmpty,
    /// A branch was chosen without the one that it needs.
    #[error("{} insurance may be chosen only together with {}", .branch.word(), .with.word())]
    BranchMustBeChosenTogether {
        /// The branch chosen.
        branch: Branch,
        /// The branch that must be chosen too.
        with: Branch,
    },
    /// The base is less than the floor.
    #[error("the base {chosen} is below the floor {floor} of {} insurance", .branch.word())]
    BaseMustReachFloor {
        /// The branch.
        branch: Branch,
        /// What was chosen.
        chosen: Fen,
        /// The least base.
        floor: Fen,
    },
    /// The base is more than the cap.
    #[error("the base {chosen} is above the cap {cap} of {} insurance", .branch.word())]
    BaseMustNotExceedCap {
        /// The branch.
        branch: Branch,
        /// What was chosen.
        chosen: Fen,
        /// The greatest base.
        cap: Fen,
    },
    /// The base is not one of the tiers.
    #[error("the base {chosen} is not a tier of {} insurance; the nearest are {below} and {above}", .branch.word())]
    BaseMustBeTier {
        /// The branch.
        branch: Branch,
        /// What was chosen.
        chosen: Fen,
        /// The next lower tier.
        below: Fen,
        /// The next higher tier.
        above: Fen,
    },
}

impl Refusal {
    pub(crate) const fn of_base(branch: Branch, refusal: BaseRefusal) -> Self {
        match refusal {
            BaseRefusal::BelowFloor { chosen, floor } => {
                Self::BaseMustReachFloor { branch, chosen, floor }
            }
            BaseRefusal::AboveCap { chosen, cap } => {
                Self::BaseMustNotExceedCap { branch, chosen, cap }
            }
            BaseRefusal::BetweenTiers { chosen, below, above } => {
                Self::BaseMustBeTier { branch, chosen, below, above }
            }
        }
    }

    /// The stable code of problem responses.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MustBeEncoded(_) => "not_encoded",
            Self::BranchMustBeOpen(_) => "branch_must_be_open",
            Self::ChoiceMustNotBeEmpty => "choice_must_not_be_empty",
            Self::BranchMustBeChosenTogether { .. } => "branch_must_be_chosen_together",
            Self::BaseMustReachFloor { .. } => "base_must_reach_floor",
            Self::BaseMustNotExceedCap { .. } => "base_must_not_exceed_cap",
            Self::BaseMustBeTier { .. } => "base_must_be_tier",
        }
    }

    /// What the person reads: what is wrong and the next step.
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::MustBeEncoded(missing) => missing.message(),
            Self::BranchMustBeOpen(branch) => Text::made(
                format!("本市灵活就业人员不能参加{}，请改选其他险种。", branch.chinese()),
                format!(
                    "{} insurance is not open to the flexibly employed in this city; choose other insurances.",
                    branch.word()
                ),
            ),
            Self::ChoiceMustNotBeEmpty => {
                Text::fixed("请至少选择一个险种。", "Choose at least one insurance.")
            }
            Self::BranchMustBeChosenTogether { branch, with } => Text::made(
                format!("参加{}须同时参加{}，请一并选择。", branch.chinese(), with.chinese()),
                format!(
                    "{} insurance needs {} insurance; choose both.",
                    branch.word(),
                    with.word()
                ),
            ),
            Self::BaseMustReachFloor { chosen, floor, .. } => Text::made(
                format!("缴费基数{chosen}元低于下限，请选择不低于{floor}元的基数。"),
                format!("The base {chosen} is below the floor; choose at least {floor}."),
            ),
            Self::BaseMustNotExceedCap { chosen, cap, .. } => Text::made(
                format!("缴费基数{chosen}元高于上限，请选择不高于{cap}元的基数。"),
                format!("The base {chosen} is above the cap; choose at most {cap}."),
            ),
            Self::BaseMustBeTier { chosen, below, above, .. } => Text::made(
                format!("缴费基数{chosen}元不是可选档次，最接近的档次是{below}元和{above}元。"),
                format!(
                    "The base {chosen} is not one of the tiers; the nearest are {below} and {above}."
                ),
            ),
        }
    }
}

impl NotEncoded {
    /// What the person reads.
    #[must_use]
    pub fn message(&self) -> Text {
        let (zh, en) = match (self.first, self.last) {
            (None, _) => (String::new(), String::new()),
            (Some(first), None) => {
                (format!("（自{first}起有规定）"), format!(" (it begins on {first})"))
            }
            (Some(first), Some(last)) => {
                (format!("（已收录{first}至{last}）"), format!(" (it covers {first} to {last})"))
            }
        };
        Text::made(
            format!("{}的政策规定尚未收录，不能计算{zh}；请向经办机构咨询或拨打12333。", self.date),
            format!(
                "The rules for {} are not encoded, so nothing is computed{en}; ask an office or call 12333.",
                self.date
            ),
        )
    }
}
