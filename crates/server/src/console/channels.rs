//! `/desk/channels` 渠道文件: a month's files to and from the banks, the days of every channel and how
//! they stand, and the differences that somebody must settle.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use insurance::clerk::{Role, RoleSet};
use policy::Text;
use serde::Deserialize;
use store::tables::channel_day::{self, ChannelDay, ChannelDayState};
use store::tables::debit_file::{self, BankResultFile, DebitFile};
use store::tables::difference::{self, OpenDifference};
use units::{Date, Month, Timestamp};

use crate::app::App;
use crate::site::failure::Failure;
use crate::site::page::page;
use crate::site::visit::Visit;
use crate::site::way::{Callers, Way};

/// Whoever reconciles, and whoever looks on.
const READERS: Callers = Callers::Clerk(RoleSet::of(&[Role::Finance, Role::Audit]));
/// How many differences the page names.
const DIFFERENCES_MAX: i64 = 200;

/// The way to it.
pub(super) fn way() -> Way {
    Way::get("/desk/channels", READERS, get(show))
}

/// Which month.
#[derive(Deserialize)]
struct Asked {
    month: Option<Month>,
}

#[derive(Template)]
#[template(path = "console/channels.html")]
struct ChannelsPage {
    visit: Visit,
    month: Month,
    files: Vec<DebitFile>,
    results: Vec<BankResultFile>,
    days: Vec<ChannelDay>,
    differences: Vec<OpenDifference>,
    banks: Vec<(String, Text)>,
}

impl ChannelsPage {
    /// What people call a bank; its code where the pack does not know it.
    fn bank<'a>(&'a self, code: &'a str) -> &'a str {
        super::name_of(&self.visit, &self.banks, code)
    }

    /// How a file to a bank stands: handed over, late, or on its way.
    fn file_standing(&self, file: &DebitFile) -> (Text, &'static str) {
        match file.handed_over_at {
            Some(_) => (Text::fixed("已交银行", "handed over"), "good"),
            None if file.collect_on < self.visit.today.date => {
                (Text::fixed("逾期未交", "late, not handed over"), "bad")
            }
            None => (Text::fixed("待交银行", "waits to be handed over"), "warn"),
        }
    }

    fn result_standing(&self, file: &BankResultFile) -> (Text, &'static str) {
        match &file.refusal {
            Some(_) => (Text::fixed("整份退回", "refused whole"), "bad"),
            None => (Text::fixed("已读入", "read"), "good"),
        }
    }

    /// Why a day is not balanced. What an operator wrote of an outage is shown as it was written;
    /// what the program found is counted anew, in the reader's language.
    fn reason(&self, day: &ChannelDay) -> String {
        let of_day = |found: &&OpenDifference| {
            (found.channel, found.accounting_on) == (day.channel, day.accounting_on)
        };
        match (day.state, &day.reason, self.differences.iter().filter(of_day).count()) {
            (ChannelDayState::Balanced, _, _) | (_, None, _) => "–".to_owned(),
            (ChannelDayState::Outage, Some(reason), _) => reason.clone(),
            (ChannelDayState::Differs, Some(_), 0) => self
                .visit
                .say("差异已处理，请重新核对当日账", "settled; compare the statement again")
                .to_owned(),
            (ChannelDayState::Differs, Some(_), open) => {
                let words = self.visit.say("笔差异未处理", " to settle");
                format!("{open}{words}")
            }
        }
    }

    fn day_standing(&self, day: &ChannelDay) -> (Text, &'static str) {
        match day.state {
            ChannelDayState::Balanced => (Text::fixed("已对平", "balanced"), "good"),
            ChannelDayState::Differs => (Text::fixed("有差异", "differs"), "bad"),
            ChannelDayState::Outage => (Text::fixed("渠道故障", "outage"), "bad"),
        }
    }
}

/// `GET /desk/channels?month=2026-11`; this month without one.
async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let month = asked.month.unwrap_or_else(|| visit.today.date.month());
    let (first, last) = (month.first_day(), month.last_day());
    let read = move |tx: &mut store::Tx<'_>| -> Result<_, store::Error> {
        Ok((
            debit_file::list(tx, first, last)?,
            debit_file::list_results(tx, Timestamp::start_of(first), end_of(last))?,
            channel_day::list(tx, first, last)?,
            difference::list_open(tx, DIFFERENCES_MAX)?,
        ))
    };
    let (files, results, days, differences) = app.db.read_async(read).await?;
    let banks = super::enrol::banks(&app, visit.today.date);
    Ok(page(&ChannelsPage { visit, month, files, results, days, differences, banks }))
}

fn end_of(last: Date) -> Timestamp {
    Timestamp::start_of(last.next())
}
