//! `/desk/month` 月度看板: how far a month is, by insurance, day and channel; what is stuck, and
//! what to do about it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use insurance::clerk::{Role, RoleSet};
use insurance::due::DueState;
use insurance::payment::ChannelKind;
use policy::Branch;
use serde::Deserialize;
use store::tables::channel_day::{ChannelDay, ChannelDayState};
use store::tables::due::Standing;
use store::tables::month_close::MonthClose;
use store::tables::receipt::DayTotal;
use store::tables::{
    channel_day, difference, due, enrolment, month_close, receipt, suspense, task,
};
use units::{Date, Fen, Month};

use crate::app::App;
use crate::site::failure::Failure;
use crate::site::page::page;
use crate::site::visit::Visit;

/// How many differences are counted at most.
const DIFFERENCES_MAX: i64 = 1_000;

/// What the board is made of, read in one snapshot.
pub(crate) struct Facts {
    insured: i64,
    standings: Vec<Standing>,
    totals: Vec<DayTotal>,
    days: Vec<ChannelDay>,
    close: Option<MonthClose>,
    differences: usize,
    suspense: (i64, Fen),
    tasks: i64,
}

/// A branch's row: what was asked, what is paid, what is not.
struct BranchRow {
    branch: Branch,
    asked: (i64, Fen),
    paid: (i64, Fen),
    open: (i64, Fen),
    arrears: (i64, Fen),
}

/// A day's row: what each channel brought, and how its statement stands.
struct DayRow {
    date: Date,
    cells: Vec<Cell>,
}

struct Cell {
    channel: ChannelKind,
    count: i64,
    amount: Fen,
    standing: CellStanding,
}

/// How a channel's accounting day stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CellStanding {
    /// Nothing was booked and no statement came: nothing to do.
    Quiet,
    Balanced,
    NoStatement,
    Differs,
    Outage,
}

#[derive(Template)]
#[template(path = "console/month_board.html")]
struct MonthBoardPage {
    visit: Visit,
    month: Month,
    facts: Facts,
    rows: Vec<BranchRow>,
    days: Vec<DayRow>,
}

/// Which month.
#[derive(Deserialize)]
pub(crate) struct Asked {
    month: Option<Month>,
}

/// `GET /desk/month?month=2026-11`; this month without one.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let month = asked.month.unwrap_or_else(|| visit.today.date.month());
    let facts = app.db.read_async(move |tx| facts(tx, month)).await?;
    let rows = Branch::ALL.map(|branch| branch_row(branch, &facts.standings));
    let rows = rows.into_iter().filter(|row| row.asked.0 > 0).collect();
    let days = day_rows(&facts);
    Ok(page(&MonthBoardPage { visit, month, facts, rows, days }))
}

fn facts(tx: &mut store::Tx<'_>, month: Month) -> Result<Facts, store::Error> {
    let (first, last) = (month.first_day(), month.last_day());
    Ok(Facts {
        insured: enrolment::count_insured(tx, month)?,
        standings: due::sum_of_month(tx, month)?,
        totals: receipt::sum_by_day(tx, first, last)?,
        days: channel_day::list(tx, first, last)?,
        close: month_close::find(tx, month)?,
        differences: difference::list_open(tx, DIFFERENCES_MAX)?.len(),
        suspense: suspense::sum_open(tx)?,
        tasks: task::count_open(tx)?,
    })
}

fn branch_row(branch: Branch, standings: &[Standing]) -> BranchRow {
    let sum = |states: &[DueState]| {
        let of_them = standings.iter().filter(|s| s.branch == branch && states.contains(&s.state));
        of_them.fold((0, Fen::ZERO), |(count, amount), s| (count + s.count, amount + s.amount))
    };
    let (paid, open) = (sum(&[DueState::Paid, DueState::BackPaid]), sum(&[DueState::Open]));
    let arrears = sum(&[DueState::Arrears]);
    let asked = (paid.0 + open.0 + arrears.0, paid.1 + open.1 + arrears.1);
    BranchRow { branch, asked, paid, open, arrears }
}

fn day_rows(facts: &Facts) -> Vec<DayRow> {
    let mut dates: Vec<Date> = facts.totals.iter().map(|total| total.accounting_on).collect();
    dates.extend(facts.days.iter().map(|day| day.accounting_on));
    dates.sort_unstable();
    dates.dedup();
    let row = |date: Date| DayRow {
        date,
        cells: ChannelKind::ALL.map(|channel| cell(facts, channel, date)).into(),
    };
    dates.into_iter().map(row).collect()
}

fn cell(facts: &Facts, channel: ChannelKind, date: Date) -> Cell {
    let total =
        facts.totals.iter().find(|total| total.channel == channel && total.accounting_on == date);
    let day = facts.days.iter().find(|day| day.channel == channel && day.accounting_on == date);
    let standing = match (day.map(|day| day.state), total) {
        (Some(ChannelDayState::Balanced), _) => CellStanding::Balanced,
        (Some(ChannelDayState::Differs), _) => CellStanding::Differs,
        (Some(ChannelDayState::Outage), _) => CellStanding::Outage,
        (None, Some(_)) => CellStanding::NoStatement,
        (None, None) => CellStanding::Quiet,
    };
    let (count, amount) = total.map_or((0, Fen::ZERO), |total| (total.count, total.amount));
    Cell { channel, count, amount, standing }
}

impl BranchRow {
    fn sums(&self, visit: &Visit) -> [(&'static str, (i64, Fen)); 4] {
        [
            (visit.say("应缴", "Asked"), self.asked),
            (visit.say("已缴", "Paid"), self.paid),
            (visit.say("待缴", "To pay"), self.open),
            (visit.say("欠费", "Arrears"), self.arrears),
        ]
    }
}

impl Cell {
    fn tag(&self) -> &'static str {
        match self.standing {
            CellStanding::Quiet => "",
            CellStanding::Balanced => "good",
            CellStanding::NoStatement => "warn",
            CellStanding::Differs | CellStanding::Outage => "bad",
        }
    }

    fn words(&self, visit: &Visit) -> &'static str {
        match self.standing {
            CellStanding::Quiet => "",
            CellStanding::Balanced => visit.say("已对平", "balanced"),
            CellStanding::NoStatement => visit.say("等对账单", "statement missing"),
            CellStanding::Differs => visit.say("有差异", "differs"),
            CellStanding::Outage => visit.say("渠道故障", "outage"),
        }
    }
}

impl MonthBoardPage {
    fn asked(&self) -> Fen {
        self.rows.iter().map(|row| row.asked.1).sum()
    }

    fn paid(&self) -> Fen {
        self.rows.iter().map(|row| row.paid.1).sum()
    }

    fn unpaid(&self) -> Fen {
        self.asked().saturating_sub(self.paid())
    }

    /// Whole per cent, rounded down: 100 only when everything is paid.
    fn percent(&self) -> i64 {
        percent(self.paid(), self.asked())
    }

    /// Whether the reader may open the files and differences of the channels.
    fn opens_channels(&self) -> bool {
        let readers = RoleSet::of(&[Role::Finance, Role::Audit]);
        self.visit.clerk().is_some_and(|clerk| clerk.roles.meets(readers))
    }

    /// Whether the reader may open cases and tasks: an administrator may not.
    fn opens_work(&self) -> bool {
        self.visit.clerk().is_some_and(|clerk| clerk.roles.meets(super::tasks::READERS))
    }

    /// Whether the reader may open the differences.
    fn opens_differences(&self) -> bool {
        let readers = RoleSet::of(&[Role::Finance, Role::Review, Role::Audit]);
        self.visit.clerk().is_some_and(|clerk| clerk.roles.meets(readers))
    }

    fn has_begun(&self) -> bool {
        self.month <= self.visit.today.date.month()
    }

    fn has_ended(&self) -> bool {
        self.month < self.visit.today.date.month()
    }

    /// Accounting days of a channel that stand in the way of the month's close.
    fn stuck(&self) -> Vec<(Date, &Cell)> {
        let cells = self.days.iter().flat_map(|day| day.cells.iter().map(|cell| (day.date, cell)));
        cells
            .filter(|(_, cell)| {
                !matches!(cell.standing, CellStanding::Quiet | CellStanding::Balanced)
            })
            .collect()
    }

    fn is_clear(&self) -> bool {
        self.stuck().is_empty()
            && self.facts.differences == 0
            && self.facts.suspense.0 == 0
            && self.facts.tasks == 0
    }
}

/// Whole per cent, rounded down.
fn percent(part: Fen, whole: Fen) -> i64 {
    let (part, whole) = (i128::from(part.fen()), i128::from(whole.fen()));
    if whole == 0 { 0 } else { i64::try_from(part * 100 / whole).unwrap_or(100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_a_hundred_per_cent_paid_only_with_its_last_fen() {
        let fen = |count: i64| Fen::new(count).unwrap();
        assert_eq!(percent(fen(0), fen(0)), 0);
        assert_eq!(percent(fen(9_999), fen(10_000)), 99);
        assert_eq!(percent(fen(10_000), fen(10_000)), 100);
        assert_eq!(percent(Fen::MAX, Fen::MAX), 100);
    }
}
