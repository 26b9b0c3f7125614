//! 余额试算: what the banks' next withholding would take from a card with a given balance, told
//! before the deposit day, while the person can still do something about it.
//!
//! It only reads. What is asked for is what a batch would ask for: every open due of the person up
//! to the month, each month's branches in the pack's order and each whole or not at all. Arrears are
//! in no batch; they are told apart, because no money on the card pays them.

use insurance::calculator::withholding_order::{Withholding, take};
use insurance::due::{Due, DueState};
use insurance::ids::PersonId;
use policy::collection::Shortfall;
use policy::{Branch, Citation, NotEncoded, WindowKind};
use store::Tx;
use store::tables::due;
use store::tables::mandate::{self, Mandate};
use units::{Date, Fen, Month};

use crate::city::City;

/// What a person's card must hold, and by when.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The mandate that the bank debits under; `None` when nothing is withheld.
    pub mandate: Option<Mandate>,
    /// The open dues, oldest month first.
    pub dues: Vec<Due>,
    /// Arrears, which are paid another way.
    pub overdue: Fen,
    /// What must be on the card for all of them.
    pub needed: Fen,
    /// The last day to put it there: today or later.
    pub deposit_by: Date,
    /// The first and the last day on which banks still take it.
    pub days: (Date, Date),
    /// Whether the deposit day has passed and the banks are at it, so that every day counts.
    pub is_under_way: bool,
    /// The order and what follows a shortfall.
    pub shortfall: Shortfall,
    /// The order of branches.
    pub order: Vec<Branch>,
    /// Where order and shortfall are written.
    pub source: Citation,
}

/// What a balance covers of one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthCovered {
    /// 费款所属期.
    pub month: Month,
    /// What is taken, in the order of trying, and what stays on the card.
    pub withholding: Withholding,
}

/// Why nothing can be previewed.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The pack has no withholding on the day.
    #[error(transparent)]
    NotEncoded(#[from] NotEncoded),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Reads what the next withholding would ask of a person's card.
///
/// # Errors
/// [`PreviewError`].
pub fn preview_withholding(
    tx: &mut Tx<'_>,
    city: &City,
    person: PersonId,
    today: Date,
) -> Result<Preview, PreviewError> {
    let pack = city.pack();
    let rule = pack.topics().withholding.on(today, today)?;
    let this_month = today.month();
    let calendar = pack.calendar();
    // What the banks could not take at first they try again to the window's end.
    let ends_on = calendar.window(WindowKind::Withholding, this_month)?.last;
    let month = if today <= ends_on { this_month } else { this_month.next() };
    let window = calendar.window(WindowKind::Withholding, month)?;
    let deposit_day = calendar.deposit_day(month)?;
    let unpaid = due::list_unpaid(tx, person)?;
    let (dues, others): (Vec<Due>, Vec<Due>) =
        unpaid.into_iter().partition(|due| due.state == DueState::Open && due.key.month <= month);
    let overdue = others.iter().filter(|due| due.state == DueState::Arrears);
    Ok(Preview {
        mandate: mandate::find_live(tx, person)?,
        needed: dues.iter().map(|due| due.amount).sum(),
        dues,
        overdue: overdue.map(|due| due.amount).sum(),
        deposit_by: deposit_day.max(today),
        days: (window.first.max(today), window.last),
        is_under_way: deposit_day < today,
        shortfall: rule.value.shortfall,
        order: rule.value.order.clone(),
        source: pack.citation(&rule.terms),
    })
}

impl Preview {
    /// What a balance covers, month by month. With a rule of `stop`, nothing more is taken after
    /// the first due that the balance does not cover, of whatever month.
    #[must_use]
    pub fn covered_by(&self, balance: Fen) -> Vec<MonthCovered> {
        let mut months: Vec<Month> = self.dues.iter().map(|due| due.key.month).collect();
        months.sort_unstable();
        months.dedup();
        let (mut left, mut is_stopped) = (balance, false);
        months
            .into_iter()
            .map(|month| {
                let asked: Vec<(Branch, Fen)> = self
                    .dues
                    .iter()
                    .filter(|due| due.key.month == month)
                    .map(|due| (due.key.branch, due.amount))
                    .collect();
                let offered = if is_stopped { Fen::ZERO } else { left };
                let withholding = take(offered, &asked, &self.order, self.shortfall);
                if !is_stopped {
                    left = withholding.left;
                }
                is_stopped |= self.shortfall == Shortfall::Stop
                    && withholding.lines.iter().any(|line| !line.is_taken);
                MonthCovered { month, withholding }
            })
            .collect()
    }
}
