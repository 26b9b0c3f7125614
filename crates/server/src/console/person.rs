//! `/desk/people/{person}`: a person as the clerk works on them. What they are insured for, what they
//! owe, whether they are covered and why; what can be done; bills, money, notices, who looked, and
//! what happened with its cause.
//!
//! Files: [`act`] what every act shares, [`choose`] renew and change, [`stop`], [`mandate`], [`contact`],
//! [`timeline`].

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use insurance::clerk::Role;
use insurance::enrolment::Enrolment;
use insurance::entitlement::Cover;
use insurance::ids::PersonId;
use insurance::notice::NoticeKind;
use insurance::person::Person;
use operations::desk::opening::check_window;
use operations::desk::{DeskRefusal, check_office};
use operations::withholding::list_failed_debits::FailedDebits;
use policy::Text;
use serde::Deserialize;
use store::Tx;
use store::tables::access_log::{self, Access};
use store::tables::employer_month::{self, EmployerMonth};
use store::tables::notice::{self, Notice};
use store::tables::{enrolment, person};
use units::Fen;

use super::LOOKERS;
use super::enrol::WINDOW;
use super::find::reason_of;
use crate::app::App;
use crate::portal::bill::BillView;
use crate::portal::dues::{self, Facts};
use crate::site::failure::Failure;
use crate::site::page::page;
use crate::site::visit::Visit;
use crate::site::way::Way;

pub(super) mod act;
mod choose;
mod contact;
mod mandate;
mod stop;
mod timeline;

pub(crate) use mandate::ending;
use timeline::Happening;
pub(super) use timeline::reason_words;

/// How many looks, notices, receipts and employer months the page shows.
const SHOWN: usize = 12;

/// The ways to a person and to what is done for them.
pub(super) fn ways() -> Vec<Way> {
    let form = |path, handler| Way::form(path, WINDOW, handler);
    vec![
        Way::get("/desk/people/{person}", LOOKERS, get(open)),
        form("/desk/people/{person}/renew", get(choose::show_renew).post(choose::renew)),
        form("/desk/people/{person}/change", get(choose::show_change).post(choose::change)),
        form("/desk/people/{person}/stop", get(stop::show).post(stop::stop)),
        form("/desk/people/{person}/mandate", get(mandate::show).post(mandate::decide)),
        form("/desk/people/{person}/contact", get(contact::show).post(contact::decide)),
    ]
}

/// A person's page.
#[derive(Template)]
#[template(path = "console/person.html")]
struct PersonPage {
    visit: Visit,
    person: Person,
    spans: Vec<Enrolment>,
    facts: Facts,
    notices: Vec<Notice>,
    employers: Vec<EmployerMonth>,
    /// For the audit role only.
    looks: Option<Vec<Access>>,
    happenings: Vec<Happening>,
    office: Option<Text>,
    /// Why this clerk can't change anything here.
    elsewhere: Option<Text>,
    closed: Option<Text>,
    /// What was done, and what happens next.
    done: Option<(Text, Text)>,
}

impl PersonPage {
    /// The span that is open.
    fn span(&self) -> Option<&Enrolment> {
        self.spans.iter().find(|span| span.closed_on.is_none())
    }

    fn last(&self) -> Option<&Enrolment> {
        self.spans.last()
    }

    fn unpaid(&self) -> Fen {
        self.facts.bills.iter().map(|bill| bill.unpaid).sum()
    }

    /// Months that were closed unpaid, and what they come to.
    fn arrears(&self) -> (usize, Fen) {
        let months = || self.facts.bills.iter().filter(|bill| bill.is_in_arrears());
        (months().count(), months().map(|bill| bill.unpaid).sum())
    }

    fn bills(&self) -> Vec<&BillView> {
        self.facts.bills.iter().rev().collect()
    }

    /// Whether the clerk may do anything here.
    fn serves(&self) -> bool {
        self.elsewhere.is_none()
            && self.visit.clerk().is_some_and(|clerk| clerk.roles.contains(Role::Window))
    }

    /// What a bank is taking from the card just now, and by when its answer comes.
    fn at_bank(&self) -> Option<(String, Option<units::Date>)> {
        dues::at_bank(&self.visit, &self.facts.held)
    }

    /// Why a notice of a failed withholding was written, in the words that the person reads.
    fn told_by(&self, notice: &Notice) -> Vec<&FailedDebits> {
        let of = |failure: &&FailedDebits| {
            notice.kind == NoticeKind::WithholdingFailed
                && failure.payment.get() == notice.subject
                && failure.month == notice.month
        };
        self.facts.failures.iter().filter(of).collect()
    }

    /// Why somebody looked.
    fn why<'a>(&self, reason: &'a str) -> &'a str {
        super::find::reason_in(&self.visit, reason)
    }

    fn bank_end(&self) -> &str {
        self.facts.mandate.as_ref().map_or("", |signed| mandate::ending(&signed.account_number))
    }
}

/// Why the page is opened, and what was done before.
#[derive(Deserialize)]
pub(super) struct Opened {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    done: String,
}

/// `GET /desk/people/{person}?reason=at-desk`: recorded before it is shown.
async fn open(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    Query(opened): Query<Opened>,
) -> Result<Response, Failure> {
    let Ok(id) = id.parse::<PersonId>() else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let (Some(clerk), Some(reason)) = (visit.clerk(), reason_of(&opened.reason)) else {
        return Ok(Redirect::to(&visit.link("/desk")).into_response());
    };
    let look = act::look(&app, clerk, id, (reason, "/desk/people"));
    let audits = clerk.roles.contains(Role::Audit);
    let (asking, own) = (app.clone(), clerk.office.clone());
    let today = visit.today.date;
    let read = app
        .db
        .write_async(move |tx| -> Result<_, DeskRefusal> {
            let Some(person) = person::find(tx, id)? else { return Ok(None) };
            access_log::insert(tx, &look)?;
            let elsewhere = match check_office(tx, id, &own) {
                Err(DeskRefusal::Store(error)) => return Err(error.into()),
                checked => checked.err().map(|refusal| refusal.message(&asking.city)),
            };
            Ok(Some((read(tx, &asking, (person, audits), today)?, elsewhere)))
        })
        .await?;
    let Some((Some(read), elsewhere)) = read else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let closed = check_window(&app.city, today).err().map(|closed| closed.message());
    let done = done_words(&opened.done);
    let Read { person, spans, facts, notices, employers, looks, happenings } = read;
    let office = spans.last().map(|span| operations::spoken::office(&app.city, &span.office));
    Ok(page(&PersonPage {
        visit,
        person,
        spans,
        facts,
        notices,
        employers,
        looks,
        happenings,
        office,
        elsewhere,
        closed,
        done,
    }))
}

/// What the page shows, read in one snapshot.
struct Read {
    person: Person,
    spans: Vec<Enrolment>,
    facts: Facts,
    notices: Vec<Notice>,
    employers: Vec<EmployerMonth>,
    looks: Option<Vec<Access>>,
    happenings: Vec<Happening>,
}

fn read(
    tx: &mut Tx<'_>,
    app: &App,
    (person, audits): (Person, bool),
    today: units::Date,
) -> Result<Option<Read>, store::Error> {
    let id = person.id;
    let Some(facts) = dues::facts(tx, &app.city, id, today)? else { return Ok(None) };
    let looks = if audits {
        Some(access_log::list(tx, id, i64::try_from(SHOWN).unwrap_or_default())?)
    } else {
        None
    };
    let mut notices = notice::list(tx, id)?;
    notices.truncate(SHOWN);
    let mut employers = employer_month::list(tx, id)?;
    employers.reverse();
    employers.truncate(SHOWN);
    let spans = enrolment::list(tx, id)?;
    let happenings = timeline::happenings(tx, &app.city, id)?;
    Ok(Some(Read { person, spans, facts, notices, employers, looks, happenings }))
}

/// What was done and what happens next, as the page says it on top.
fn done_words(word: &str) -> Option<(Text, Text)> {
    let said = |zh, en, next_zh, next_en| (Text::fixed(zh, en), Text::fixed(next_zh, next_en));
    Some(match word {
        "enrol" | "renew" => said(
            if word == "enrol" { "已参保登记。" } else { "已续保。" },
            if word == "enrol" { "Enrolled." } else { "The insurance is renewed." },
            "账单在下面；请告诉本人金额和缴费期限。",
            "The bill stands below; tell the person the sum and until when it is paid.",
        ),
        "change" => said(
            "变更已保存。",
            "The change is saved.",
            "已出的账单不变，从下一张账单起按新的选择。",
            "Bills that were made stay; the next one follows the new choice.",
        ),
        "stop" => said(
            "已停保。",
            "The insurance is stopped.",
            "再参保在窗口办理续保；停保期间医保不能用。",
            "To come back, renew at a desk; there is no medical cover in between.",
        ),
        "mandate" => said(
            "代扣委托已更新。",
            "The mandate is up to date.",
            "从下一批扣款起生效。",
            "It holds from the next withholding on.",
        ),
        "contact" => said(
            "联系方式已更新。",
            "Phone and notices are up to date.",
            "以后的告知按新的设置发送。",
            "Notices follow it from now on.",
        ),
        _ => return None,
    })
}

impl Visit {
    /// `扣款提醒`, `Deposit reminder`.
    pub(crate) fn notice_kind(&self, kind: impl std::borrow::Borrow<NoticeKind>) -> &'static str {
        match kind.borrow() {
            NoticeKind::DepositReminder => self.say("存款提醒", "Deposit reminder"),
            NoticeKind::Paid => self.say("缴费到账", "Payment received"),
            NoticeKind::WithholdingFailed => self.say("扣款失败", "Withholding failed"),
            NoticeKind::Arrears => self.say("欠费告知", "Arrears"),
            NoticeKind::Suspension => self.say("待遇暂停告知", "Cover suspended"),
            NoticeKind::Restoration => self.say("待遇恢复", "Cover restored"),
            NoticeKind::Suspense => self.say("多缴待退", "Money held"),
            NoticeKind::Returned => self.say("款项退回", "Money taken back"),
            NoticeKind::Refunded => self.say("已退费", "Money sent back"),
        }
    }
}
