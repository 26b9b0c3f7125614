//! How a difference may be settled: which decisions its kind and the books as they stand allow, and
//! which of them two different people must take.

use policy::Text;

use super::Difference;
use crate::ids::DifferenceId;

/// What a comparison found, without its amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DifferenceKind {
    /// The channel has money that we had not booked.
    OnlyTheirs,
    /// We had booked money that the channel does not have.
    OnlyOurs,
    /// Both have it with different amounts.
    AmountDiffers,
    /// The statement names one number twice.
    StatedTwice,
}

impl DifferenceKind {
    /// The kind of a code, as tables hold it.
    #[must_use]
    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::OnlyTheirs),
            2 => Some(Self::OnlyOurs),
            3 => Some(Self::AmountDiffers),
            4 => Some(Self::StatedTwice),
            _ => None,
        }
    }

    /// What a clerk reads.
    #[must_use]
    pub const fn name(self) -> Text {
        match self {
            Self::OnlyTheirs => Text::fixed("渠道有、我方无", "Only the channel has it"),
            Self::OnlyOurs => Text::fixed("我方有、渠道无", "Only we have it"),
            Self::AmountDiffers => Text::fixed("金额不符", "The amounts differ"),
            Self::StatedTwice => Text::fixed("对账单重复列示", "Stated twice"),
        }
    }
}

impl From<&Difference> for DifferenceKind {
    fn from(difference: &Difference) -> Self {
        match difference {
            Difference::OnlyTheirs(_) => Self::OnlyTheirs,
            Difference::OnlyOurs(_) => Self::OnlyOurs,
            Difference::AmountDiffers { .. } => Self::AmountDiffers,
            Difference::StatedTwice(_) => Self::StatedTwice,
        }
    }
}

/// What our books say of the money now, which may be more than when the difference was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Books {
    /// Nothing was booked under its number.
    Nothing,
    /// It was booked and taken back.
    TakenBack,
    /// It is booked with the amount that the difference names.
    Agree {
        /// Whether a statement has shown it.
        matched: bool,
    },
    /// It is booked with another amount.
    Differ,
}

/// A difference as it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Standing {
    /// What was found.
    pub kind: DifferenceKind,
    /// What the books say now.
    pub books: Books,
    /// Whether it is about money sent back; its own steps book that.
    pub is_refund: bool,
    /// Whether the number tells whose money it is.
    pub has_payer: bool,
}

/// A decision that settles a difference, or leaves it open for a known while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settlement {
    /// 说明: the books are right as they are; no money moves.
    Explain,
    /// 不调账: the channel corrects its own statement; two people find that nothing is to be booked.
    Dismiss,
    /// 补记: the channel's money is booked to its payer, in place of ours where ours differs.
    BookTheirs,
    /// 转挂账: the channel's money is booked and held under nobody's name.
    HoldTheirs,
    /// 冲销: what we booked is taken back.
    ReverseOurs,
    /// 待下期对账单: it stays open until the next statement.
    Wait,
}

impl Settlement {
    /// Every decision, in the order of their codes.
    pub const ALL: [Self; 6] = [
        Self::Explain,
        Self::Dismiss,
        Self::BookTheirs,
        Self::HoldTheirs,
        Self::ReverseOurs,
        Self::Wait,
    ];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Explain => 1,
            Self::Dismiss => 2,
            Self::BookTheirs => 3,
            Self::HoldTheirs => 4,
            Self::ReverseOurs => 5,
            Self::Wait => 6,
        }
    }

    /// The decision of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|settlement| settlement.code() == code)
    }

    /// The word of forms and audit events.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Explain => "explain",
            Self::Dismiss => "dismiss",
            Self::BookTheirs => "book-theirs",
            Self::HoldTheirs => "hold-theirs",
            Self::ReverseOurs => "reverse-ours",
            Self::Wait => "wait",
        }
    }

    /// The decision of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|settlement| settlement.word() == word)
    }

    /// What a clerk reads.
    #[must_use]
    pub const fn name(self) -> Text {
        match self {
            Self::Explain => {
                Text::fixed("说明原因，账务无需调整", "explain it: the books are right as they are")
            }
            Self::Dismiss => Text::fixed(
                "渠道书面更正，不调账（须另一人复核）",
                "the channel corrects its statement in writing; nothing is booked (a second person decides)",
            ),
            Self::BookTheirs => Text::fixed(
                "按渠道金额补记给缴费人（须另一人复核）",
                "book the channel's money to its payer (a second person decides)",
            ),
            Self::HoldTheirs => Text::fixed(
                "按渠道金额补记并转挂账（须另一人复核）",
                "book the channel's money and hold it in suspense (a second person decides)",
            ),
            Self::ReverseOurs => Text::fixed(
                "冲销我方入账，重新应缴（须另一人复核）",
                "reverse what we booked; the dues are owed again (a second person decides)",
            ),
            Self::Wait => Text::fixed(
                "等待下期对账单，差异保持未处理",
                "wait for the next statement; the difference stays open",
            ),
        }
    }

    /// Whether a second person must decide.
    #[must_use]
    pub const fn needs_two(self) -> bool {
        match self {
            Self::Explain | Self::Wait => false,
            Self::Dismiss | Self::BookTheirs | Self::HoldTheirs | Self::ReverseOurs => true,
        }
    }
}

impl Standing {
    /// The decisions that are possible now, the usual one first.
    #[must_use]
    pub fn allowed(self) -> Vec<Settlement> {
        use Settlement::{BookTheirs, Dismiss, Explain, HoldTheirs, ReverseOurs, Wait};
        if self.is_refund {
            return vec![Dismiss, Wait];
        }
        let book = if self.has_payer { BookTheirs } else { HoldTheirs };
        match (self.kind, self.books) {
            (DifferenceKind::StatedTwice, _)
            | (DifferenceKind::OnlyTheirs | DifferenceKind::AmountDiffers, Books::Agree { .. })
            | (DifferenceKind::OnlyOurs, Books::Nothing | Books::TakenBack | Books::Differ) => {
                vec![Explain, Wait]
            }
            (
                DifferenceKind::OnlyTheirs | DifferenceKind::AmountDiffers,
                Books::Nothing | Books::TakenBack,
            ) => vec![book, Dismiss, Wait],
            (DifferenceKind::OnlyTheirs | DifferenceKind::AmountDiffers, Books::Differ) => {
                vec![book, Wait]
            }
            (DifferenceKind::OnlyOurs, Books::Agree { matched: true }) => {
                vec![Explain, ReverseOurs, Wait]
            }
            (DifferenceKind::OnlyOurs, Books::Agree { matched: false }) => vec![ReverseOurs, Wait],
        }
    }
}

/// What somebody did about a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DifferenceEvent {
    /// Somebody made it theirs.
    Take,
    /// A decision was proposed to a second person.
    Propose,
    /// The second person agreed, and it was done.
    Approve,
    /// The second person did not agree.
    SendBack,
    /// It waits for the next statement.
    Wait,
    /// It was settled by one person, without money.
    Settle,
}

impl DifferenceEvent {
    /// Every event, in the order of their codes.
    pub const ALL: [Self; 6] =
        [Self::Take, Self::Propose, Self::Approve, Self::SendBack, Self::Wait, Self::Settle];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Take => 1,
            Self::Propose => 2,
            Self::Approve => 3,
            Self::SendBack => 4,
            Self::Wait => 5,
            Self::Settle => 6,
        }
    }

    /// The event of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.code() == code)
    }

    /// What a clerk reads.
    #[must_use]
    pub const fn name(self) -> Text {
        match self {
            Self::Take => Text::fixed("接手", "taken over"),
            Self::Propose => Text::fixed("提出处理意见", "proposed"),
            Self::Approve => Text::fixed("复核通过并处理", "approved and done"),
            Self::SendBack => Text::fixed("复核退回", "sent back"),
            Self::Wait => Text::fixed("等待下期对账单", "waits for the next statement"),
            Self::Settle => Text::fixed("说明后结清", "settled without money"),
        }
    }
}

/// Between a channel's own number and the difference that booked its money anew.
const CORRECTED: char = '~';
/// Before the number of the difference whose decision took money back.
const TAKEN_BY: &str = "difference/";

/// The number under which corrected money is booked, where the channel's own is used up.
#[must_use]
pub fn corrected_reference(reference: &str, difference: DifferenceId) -> String {
    format!("{}{CORRECTED}{difference}", statement_reference(reference))
}

/// The channel's own number of money, as its statement has it.
///
/// Worked: `ccb/2026-11-10/77~4711`, booked by difference 4711, is stated as `ccb/2026-11-10/77`.
#[must_use]
pub fn statement_reference(reference: &str) -> &str {
    match reference.rsplit_once(CORRECTED) {
        Some((own, difference)) if difference.parse::<DifferenceId>().is_ok() => own,
        Some(_) | None => reference,
    }
}

/// The number of a reversal that a decision made.
#[must_use]
pub fn taken_by(difference: DifferenceId) -> String {
    format!("{TAKEN_BY}{difference}")
}

/// The difference whose decision took money back; `None` where its channel did.
#[must_use]
pub fn decision_that_took(returned_by: &str) -> Option<DifferenceId> {
    returned_by.strip_prefix(TAKEN_BY)?.parse().ok()
}

/// Whether money was taken back by a decision, not by its channel.
#[must_use]
pub fn is_taken_by_decision(returned_by: &str) -> bool {
    returned_by.starts_with(TAKEN_BY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_moves_only_by_two_people_and_only_where_the_books_are_wrong() {
        let kinds = [1, 2, 3, 4].map(|code| DifferenceKind::from_code(code).unwrap());
        let all_books = [
            Books::Nothing,
            Books::TakenBack,
            Books::Agree { matched: false },
            Books::Agree { matched: true },
            Books::Differ,
        ];
        for kind in kinds {
            for books in all_books {
                for has_payer in [false, true] {
                    let standing = Standing { kind, books, is_refund: false, has_payer };
                    let allowed = standing.allowed();
                    let moves =
                        |one: Settlement| !matches!(one, Settlement::Explain | Settlement::Wait);
                    assert!(allowed.iter().all(|one| one.needs_two() == moves(*one)));
                    let agree = matches!(books, Books::Agree { .. });
                    let books_theirs = allowed.contains(&Settlement::BookTheirs)
                        || allowed.contains(&Settlement::HoldTheirs);
                    assert!(!(agree && books_theirs), "{standing:?}");
                    let reverses = allowed.contains(&Settlement::ReverseOurs);
                    assert!(!reverses || kind == DifferenceKind::OnlyOurs, "{standing:?}");
                }
                let refund = Standing { kind, books, is_refund: true, has_payer: false };
                assert_eq!(refund.allowed(), [Settlement::Dismiss, Settlement::Wait]);
            }
        }
    }

    #[test]
    fn corrected_money_keeps_the_number_of_its_statement() {
        let id = DifferenceId::from_i64(4711);
        let once = corrected_reference("ccb/2026-11-10/77", id);
        assert_eq!(once, "ccb/2026-11-10/77~4711");
        assert_eq!(statement_reference(&once), "ccb/2026-11-10/77");
        assert_eq!(corrected_reference(&once, DifferenceId::from_i64(5)), "ccb/2026-11-10/77~5");
        assert_eq!(statement_reference("a~b"), "a~b");
        assert!(is_taken_by_decision(&taken_by(id)));
        assert_eq!(decision_that_took(&taken_by(id)), Some(id));
        assert_eq!(decision_that_took("ccb/2026-11-10/78"), None);
    }

    #[test]
    fn codes_and_words_go_there_and_back() {
        for one in Settlement::ALL {
            assert_eq!(Settlement::from_code(one.code()), Some(one));
            assert_eq!(Settlement::from_word(one.word()), Some(one));
        }
        for event in DifferenceEvent::ALL {
            assert_eq!(DifferenceEvent::from_code(event.code()), Some(event));
        }
    }
}
