//! Why a difference can't be settled so, and what to do next.

use insurance::casework::hand::HandRefusal;
use policy::Text;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SettleRefusal {
    /// No such difference.
    #[error("the difference must exist")]
    DifferenceMustExist,
    /// Somebody settled it meanwhile.
    #[error("the difference must be open")]
    DifferenceMustBeOpen,
    /// Only finance and review settle differences.
    #[error("the role must allow it")]
    RoleMustAllow,
    /// Somebody else has it.
    #[error("whoever settles a difference must have taken it over")]
    OwnerMustAct,
    /// A reason of four letters or more.
    #[error("a reason must be given")]
    ReasonMustBeGiven,
    /// Not for this kind, or not any more.
    #[error("the decision must fit the difference as it stands")]
    SettlementMustFit,
    /// A proposal waits for a second person.
    #[error("the proposal must be decided first")]
    ProposalMustBeDecided,
    /// There is nothing to decide.
    #[error("a decision must have been proposed")]
    ProposalMustBeMade,
    /// Two different people.
    #[error(transparent)]
    Hand(#[from] HandRefusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl SettleRefusal {
    /// The sentence for the clerk, with the next step.
    #[must_use]
    pub const fn message(&self) -> Text {
        match self {
            Self::DifferenceMustExist | Self::Store(_) => Text::fixed(
                "没有这笔差异；请回到列表。",
                "There is no such difference; go back to the list.",
            ),
            Self::DifferenceMustBeOpen => Text::fixed(
                "这笔差异已经结清；请刷新后再看。",
                "This difference was settled; look again.",
            ),
            Self::RoleMustAllow => Text::fixed(
                "对账差异由财务或复核人员处理；请转交他们。",
                "Finance or review settles differences; give it to them.",
            ),
            Self::OwnerMustAct => Text::fixed(
                "这笔差异不在您名下；请先点“由我接手”。",
                "This difference is not yours; take it over first.",
            ),
            Self::ReasonMustBeGiven => Text::fixed(
                "请写明原因（4至200个字），例如渠道的书面答复。",
                "Say why, in 4 to 200 letters, for example what the channel answered.",
            ),
            Self::SettlementMustFit => Text::fixed(
                "这种处理方式不适用于目前的账务状态；请从列出的方式中另选。",
                "This decision does not fit the books as they stand now; choose another of those listed.",
            ),
            Self::ProposalMustBeDecided => Text::fixed(
                "已有处理意见在等复核；请先由另一人复核或退回。",
                "A proposal waits for a second person; it is approved or sent back first.",
            ),
            Self::ProposalMustBeMade => Text::fixed(
                "没有待复核的处理意见；请刷新后再看。",
                "Nothing is proposed; look again.",
            ),
            Self::Hand(refusal) => refusal.message(),
        }
    }
}
