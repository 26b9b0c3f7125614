//! `/desk/people/{person}/renew` 续保 and `/desk/people/{person}/change` 变更: what to insure from when
//! on, and what it costs, before it is saved.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use operations::change_enrolment::{Choice, plan_change};
use operations::desk::join::{NoticeWish, check_join, first_free_month, join};
use operations::desk::opening::check_window;
use operations::desk::preview_bill::{MonthPreview, preview_bill};
use operations::desk::{DeskRefusal, change};
use operations::enrol::EnrolmentForm;
use policy::{BranchSet, Text};
use units::Month;

use super::act::{self, Reason, Served};
use crate::app::App;
use crate::console::choice::{self, Offer};
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;

/// Which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Renew,
    Change,
}

pub(super) const REASONS: &[Reason] = &[
    ("own-wish", "本人申请", "The person asks for it"),
    ("income", "收入变化", "Their income changed"),
    ("left-job", "离开单位", "They left a job"),
    ("returned", "从外地转回", "They came back to the city"),
    ("correction", "更正登记差错", "The choice was recorded wrongly"),
];

#[derive(Template)]
#[template(path = "console/choose.html")]
struct ChoosePage {
    visit: Visit,
    served: Served,
    act: Act,
    form: Form,
    offer: Offer,
    /// From when on the choice holds; `None` while it is not allowed.
    from: Option<Month>,
    months: Vec<MonthPreview>,
    closed: Option<Text>,
}

impl ChoosePage {
    fn is_renewal(&self) -> bool {
        self.act == Act::Renew
    }

    fn reasons(&self) -> &'static [Reason] {
        REASONS
    }

    /// What the shown preview is of; saved only when the form still says the same.
    fn shown(&self) -> String {
        shown(&self.form)
    }

    fn may_save(&self) -> bool {
        self.closed.is_none() && self.served.elsewhere.is_none() && self.from.is_some()
    }
}

impl Act {
    const fn word(self) -> &'static str {
        match self {
            Self::Renew => "renew",
            Self::Change => "change",
        }
    }
}

fn shown(form: &Form) -> String {
    format!("{}@{}", act::words_of(choice::branches_of(form)), form.value("base"))
}

/// `GET /desk/people/{person}/renew`.
pub(super) async fn show_renew(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    show(&app, visit, (&id, Act::Renew), query.as_deref()).await
}

/// `GET /desk/people/{person}/change`.
pub(super) async fn show_change(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    show(&app, visit, (&id, Act::Change), query.as_deref()).await
}

async fn show(
    app: &App,
    visit: Visit,
    (id, act): (&str, Act),
    query: Option<&str>,
) -> Result<Response, Failure> {
    let what = if act == Act::Renew { "/desk/people/renew" } else { "/desk/people/change" };
    let Some(served) = act::serve(app, &visit, (id, what)).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    // Whoever is insured changes, whoever is not comes back.
    let fitting = if served.open().is_some() { Act::Change } else { Act::Renew };
    if fitting != act {
        let path = format!("/desk/people/{}/{}", served.person.id, fitting.word());
        return Ok(Redirect::to(&visit.link(&path)).into_response());
    }
    let form = Form::from_encoded(query.unwrap_or_default());
    shown_page(app, visit, (served, act), form).await
}

async fn shown_page(
    app: &App,
    visit: Visit,
    (served, act): (Served, Act),
    form: Form,
) -> Result<Response, Failure> {
    let today = visit.today.date;
    let (city, id) = (app.city.clone(), served.person.id);
    let first = app.db.read_async(move |tx| first_free_month(tx, &city, (id, today))).await;
    let first = first.unwrap_or_else(|_| today.month());
    let offered = if act == Act::Renew { first } else { today.month() };
    let Ok(offer) = Offer::of(&app.city, offered, today) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let mut form = if form.values("base").next().is_none() && form.is_sound() {
        let last = served.spans.last();
        let kept = |span: &insurance::enrolment::Enrolment| carried(app, span, (offered, today));
        choice::fill(form, last.and_then(kept).unwrap_or_else(|| offer.usual()))
    } else {
        form
    };
    let choice = if form.is_sound() { choice::read(&mut form) } else { None };
    let (from, months) = match choice {
        Some(choice) => planned(app, (&served, act), (choice, first), &mut form).await?,
        None => (None, Vec::new()),
    };
    let closed = check_window(&app.city, today).err().map(|closed| closed.message());
    let status = act::status_of(&form);
    let shown = ChoosePage { visit, served, act, form, offer, from, months, closed };
    Ok((status, page(&shown)).into_response())
}

/// What the person had, on the base that it became.
fn carried(
    app: &App,
    span: &insurance::enrolment::Enrolment,
    (month, today): (Month, units::Date),
) -> Option<Choice> {
    let rules = app.pack().rules(month, today).ok()?;
    let branches: BranchSet =
        span.branches.iter().filter(|b| rules.open_branches().contains(*b)).collect();
    let branch = branches.iter().next()?;
    Some(Choice { branches, base: rules.carried_base(branch, span.base).ok()? })
}

/// From when on the choice would hold and what it costs; what is in the way is said at its field.
async fn planned(
    app: &App,
    (served, act): (&Served, Act),
    (choice, first): (Choice, Month),
    form: &mut Form,
) -> Result<(Option<Month>, Vec<MonthPreview>), Failure> {
    let (city, id, today) = (app.city.clone(), served.person.id, app.clock.today());
    let joining = joining(served, choice, first);
    let had = served.open().map(|span| Choice { branches: span.branches, base: span.base });
    let planned = app
        .db
        .read_async(move |tx| -> Result<Month, DeskRefusal> {
            if act == Act::Renew {
                check_join(tx, &city, &joining, today)?;
                return Ok(first);
            }
            Ok(plan_change(tx, &city, (id, choice), today)?.from)
        })
        .await;
    match planned {
        Err(refusal) if refusal.is_failure() => Err(refusal.into()),
        // The page opens with what the person has: that alone is no mistake.
        Err(_) if had == Some(choice) && form.value("do").is_empty() => {
            let next = today.month().next();
            Ok((None, preview_bill(&app.city, choice, (next, today)).unwrap_or_default()))
        }
        Err(refusal) => {
            form.refuse(field_of(&refusal), refusal.message(&app.city));
            Ok((None, Vec::new()))
        }
        Ok(from) => {
            let months = preview_bill(&app.city, choice, (from, today)).unwrap_or_default();
            Ok((Some(from), months))
        }
    }
}

fn joining(served: &Served, choice: Choice, from: Month) -> EnrolmentForm {
    EnrolmentForm {
        identity: served.person.identity.clone(),
        name: served.person.name.clone(),
        card: None,
        phone: None,
        household: None,
        office: served.clerk.office.clone(),
        branches: choice.branches,
        base: choice.base,
        from,
        mandate: None,
    }
}

const fn field_of(refusal: &DeskRefusal) -> &'static str {
    match refusal {
        DeskRefusal::Enrol(operations::enrol::EnrolRefusal::Law(law)) => choice::field_of(law),
        DeskRefusal::Change(operations::change_enrolment::ChangeRefusal::Law(law)) => {
            choice::field_of(law)
        }
        _ => "base",
    }
}

/// `POST /desk/people/{person}/renew`.
pub(super) async fn renew(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    decide(&app, visit, (&id, Act::Renew), form).await
}

/// `POST /desk/people/{person}/change`.
pub(super) async fn change(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    decide(&app, visit, (&id, Act::Change), form).await
}

async fn decide(
    app: &App,
    visit: Visit,
    (id, act): (&str, Act),
    mut form: Form,
) -> Result<Response, Failure> {
    let what = if act == Act::Renew { "/desk/people/renew" } else { "/desk/people/change" };
    let Some(served) = act::serve(app, &visit, (id, what)).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let why = act::reason_of(&mut form, REASONS);
    let choice = choice::read(&mut form);
    let (Some(why), Some(choice)) = (why, choice) else {
        return shown_page(app, visit, (served, act), form).await;
    };
    // Nothing is saved whose bill was not seen.
    if form.value("do") != "save" || form.value("shown") != shown(&form) {
        let query = form.encoded(&["shown"]);
        let path = format!("/desk/people/{}/{}?{query}", served.person.id, act.word());
        return Ok(Redirect::to(&visit.link(&path)).into_response());
    }
    let detail = format!("{why}: {}, base {}", act::words_of(choice.branches), choice.base);
    let done = match act {
        Act::Change => {
            act::carry_out(app, &served, ("change_enrolment", detail), move |tx, city, id, at| {
                change::change(tx, city, (id, choice), at).map(|_| ())
            })
            .await?
        }
        Act::Renew => {
            let wish = match served.person.notices_since {
                Some(_) => NoticeWish::On,
                None => NoticeWish::Off,
            };
            let coming = served.clone();
            act::carry_out(app, &served, ("renew", detail), move |tx, city, id, at| {
                let first = first_free_month(tx, city, (id, at.today()))?;
                join(tx, city, (&joining(&coming, choice, first), wish), at).map(|_| ())
            })
            .await?
        }
    };
    match done {
        Ok(()) => Ok(act::done(&visit, &served, act.word())),
        Err(refusal) => {
            form.refuse(field_of(&refusal), refusal.message(&app.city));
            shown_page(app, visit, (served, act), form).await
        }
    }
}
