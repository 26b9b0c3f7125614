//! `/desk/collection` 征缴统计: a month by insurance, channel and office, and how old the arrears are;
//! with charts, and to take along.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use insurance::due::DueState;
use insurance::payment::ChannelKind;
use policy::{Branch, Text};
use serde::Deserialize;
use store::tables::collection::{self, MonthArrears, OfficeSum};
use store::tables::due::{self, Standing};
use store::tables::receipt::{self, BranchMoney};
use units::{Fen, Month};

use super::ANY_CLERK;
use crate::app::App;
use crate::site::chart::{Bar, Bars};
use crate::site::failure::Failure;
use crate::site::page::page;
use crate::site::spreadsheet::{Cell, Sheet, TableFormat, download};
use crate::site::visit::Visit;
use crate::site::way::Way;

/// How old arrears are, in months: the last age of each group.
const AGES: [i32; 4] = [3, 6, 12, i32::MAX];

/// The ways to the figures.
pub(super) fn ways() -> Vec<Way> {
    vec![
        Way::get("/desk/collection", ANY_CLERK, get(show)),
        Way::get("/desk/collection/figures.xlsx", ANY_CLERK, get(give)),
    ]
}

/// Which month.
#[derive(Deserialize)]
struct Asked {
    month: Option<Month>,
}

/// One row: what was asked, and what is paid of it.
struct Line {
    label: String,
    asked: Fen,
    paid: Fen,
}

/// Arrears of an age: how many, how much.
struct Age {
    label: Text,
    count: i64,
    amount: Fen,
}

/// Everything that the page and the workbook show.
struct Figures {
    month: Month,
    by_branch: Vec<Line>,
    by_office: Vec<Line>,
    by_channel: Vec<(ChannelKind, Fen)>,
    ages: Vec<Age>,
}

#[derive(Template)]
#[template(path = "console/collection.html")]
struct CollectionPage {
    visit: Visit,
    figures: Figures,
    branches: Bars,
    offices: Bars,
    channels: Bars,
    arrears: Bars,
}

/// A table of what was asked and paid, and its bars.
struct Section<'p> {
    title: Text,
    first: Text,
    lines: &'p [Line],
    bars: &'p Bars,
}

impl CollectionPage {
    fn sections(&self) -> [Section<'_>; 2] {
        [
            Section {
                title: Text::fixed("按险种", "By insurance"),
                first: Text::fixed("险种", "Insurance"),
                lines: &self.figures.by_branch,
                bars: &self.branches,
            },
            Section {
                title: Text::fixed("按经办机构", "By office"),
                first: Text::fixed("经办机构", "Office"),
                lines: &self.figures.by_office,
                bars: &self.offices,
            },
        ]
    }
}

/// `GET /desk/collection?month=2026-11`; this month without one.
async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let figures = figures(&app, &visit, &asked).await?;
    let part = |line: &Line| Bar {
        label: line.label.clone(),
        whole: line.asked,
        part: line.paid,
        words: format!("{} / {}", visit.money(line.paid), visit.money(line.asked)),
    };
    let all = |label: String, amount: Fen| Bar {
        label,
        whole: amount,
        part: amount,
        words: visit.money(amount),
    };
    let bars =
        |lines: &[Line], zh, en| Bars::new(visit.say(zh, en), lines.iter().map(part).collect());
    let branches = bars(&figures.by_branch, "按险种：已缴/应缴", "By insurance: paid of asked");
    let offices = bars(&figures.by_office, "按经办机构：已缴/应缴", "By office: paid of asked");
    let channels = figures.by_channel.iter();
    let channels = channels.map(|(channel, sum)| all(visit.channel(channel).to_owned(), *sum));
    let channels = Bars::new(visit.say("按渠道：已缴", "By channel: paid"), channels.collect());
    let ages = figures.ages.iter().map(|age| all(visit.read(&age.label).to_owned(), age.amount));
    let arrears = Bars::new(visit.say("欠费账龄", "Age of arrears"), ages.collect());
    Ok(page(&CollectionPage { visit, figures, branches, offices, channels, arrears }))
}

async fn figures(app: &App, visit: &Visit, asked: &Asked) -> Result<Figures, Failure> {
    let (today, month) = (visit.today.date, asked.month);
    let month = month.unwrap_or_else(|| today.month());
    let read = move |tx: &mut store::Tx<'_>| -> Result<_, store::Error> {
        Ok((
            due::sum_of_month(tx, month)?,
            receipt::sum_by_branch(tx, month)?,
            collection::sum_by_office(tx, month)?,
            collection::sum_arrears_by_month(tx)?,
        ))
    };
    let (standings, money, offices, arrears) = app.db.read_async(read).await?;
    Ok(Figures {
        month,
        by_branch: by_branch(visit, &standings),
        by_office: offices.into_iter().map(|sum| office_line(app, visit, sum)).collect(),
        by_channel: ChannelKind::ALL.map(|channel| (channel, channel_sum(&money, channel))).into(),
        ages: ages(&arrears, today.month()),
    })
}

fn by_branch(visit: &Visit, standings: &[Standing]) -> Vec<Line> {
    let sum = |branch: Branch, wanted: fn(DueState) -> bool| -> Fen {
        let of = standings.iter().filter(|s| s.branch == branch && wanted(s.state));
        of.map(|standing| standing.amount).sum()
    };
    let line = |branch: Branch| Line {
        label: visit.branch(branch).to_owned(),
        asked: sum(branch, |state| state != DueState::Closed),
        paid: sum(branch, DueState::is_paid),
    };
    Branch::ALL.map(line).into_iter().filter(|line| !line.asked.is_zero()).collect()
}

fn office_line(app: &App, visit: &Visit, sum: OfficeSum) -> Line {
    let today = visit.today.date;
    let offices = app.pack().topics().offices.on(today, today);
    let known =
        offices.ok().and_then(|offices| offices.value.iter().find(|o| o.code == sum.office));
    let name = known.map(|office| visit.read(&office.name).to_owned());
    // The long name of the institution says nothing that its district does not.
    let label = name.map_or(sum.office, |name| name.replace("社会保险经办机构", ""));
    Line { label, asked: sum.asked, paid: sum.paid }
}

fn channel_sum(money: &[BranchMoney], channel: ChannelKind) -> Fen {
    money.iter().filter(|part| part.channel == channel).map(|part| part.amount).sum()
}

/// Arrears by age, counted in months from the month owed to this one.
fn ages(arrears: &[MonthArrears], now: Month) -> Vec<Age> {
    let labels = [
        Text::fixed("3个月以内", "up to 3 months"),
        Text::fixed("4至6个月", "4 to 6 months"),
        Text::fixed("7至12个月", "7 to 12 months"),
        Text::fixed("1年以上", "over a year"),
    ];
    let age = |month: Month| {
        let months = |month: Month| month.year() * 12 + i32::try_from(month.number()).unwrap_or(0);
        months(now) - months(month)
    };
    let mut from = i32::MIN;
    let group = |(last, label): (i32, Text)| {
        let first = std::mem::replace(&mut from, last.saturating_add(1));
        let of = arrears.iter().filter(|part| (first..=last).contains(&age(part.month)));
        let (count, amount) =
            of.fold((0, Fen::ZERO), |(count, sum), part| (count + part.count, sum + part.amount));
        Age { label, count, amount }
    };
    AGES.into_iter().zip(labels).map(group).collect()
}

/// `GET /desk/collection/figures.xlsx?month=2026-11`.
async fn give(
    State(app): State<Arc<App>>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let figures = figures(&app, &visit, &asked).await?;
    let name = format!("{}-{}", visit.say("征缴统计", "collection"), figures.month);
    download(&name, &sheets(&visit, &figures), TableFormat::Xlsx)
}

fn sheets(visit: &Visit, figures: &Figures) -> Vec<Sheet> {
    let sheet = |zh: &str, en: &str, head: &[(&str, &str)], rows: Vec<Vec<Cell>>| Sheet {
        name: visit.say(zh, en).to_owned(),
        head: head.iter().map(|(zh, en)| visit.say(zh, en).to_owned()).collect(),
        rows,
    };
    let lines = |lines: &[Line]| -> Vec<Vec<Cell>> {
        let row = |line: &Line| {
            let open = line.asked.saturating_sub(line.paid);
            vec![(&*line.label).into(), line.asked.into(), line.paid.into(), open.into()]
        };
        lines.iter().map(row).collect()
    };
    let sums = [("应缴", "Asked"), ("已缴", "Paid"), ("未缴", "Unpaid")];
    let with = |first: (&'static str, &'static str)| [first, sums[0], sums[1], sums[2]];
    let channels = figures.by_channel.iter();
    let channels = channels.map(|(kind, sum)| vec![visit.channel(kind).into(), (*sum).into()]);
    let ages = figures.ages.iter();
    let ages =
        ages.map(|age| vec![visit.read(&age.label).into(), age.count.into(), age.amount.into()]);
    vec![
        sheet("按险种", "By insurance", &with(("险种", "Insurance")), lines(&figures.by_branch)),
        sheet("按经办机构", "By office", &with(("经办机构", "Office")), lines(&figures.by_office)),
        sheet("按渠道", "By channel", &[("渠道", "Channel"), sums[1]], channels.collect()),
        sheet(
            "欠费账龄",
            "Age of arrears",
            &[("账龄", "Age"), ("笔数", "Dues"), ("金额", "Amount")],
            ages.collect(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrears_are_grouped_by_whole_months_on_both_sides_of_each_border() {
        let arrears = |month: &str| MonthArrears {
            month: month.parse().unwrap(),
            branch: Branch::Pension,
            count: 1,
            amount: Fen::from_yuan(1),
        };
        let months = ["2025-10", "2025-11", "2026-04", "2026-05", "2026-07", "2026-08", "2026-10"];
        let grouped = ages(&months.map(arrears), "2026-11".parse().unwrap());
        let counts: Vec<i64> = grouped.iter().map(|age| age.count).collect();
        assert_eq!(counts, [2, 2, 2, 1]);
    }
}
