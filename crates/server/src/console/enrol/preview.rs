//! The bill before anything is saved: who joins, for what, from when, and what each month costs.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use insurance::identity_number::Sex;
use operations::change_enrolment::Choice;
use operations::desk::join::{NoticeWish, check_join};
use operations::desk::opening::check_window;
use operations::desk::preview_bill::{MonthPreview, preview_bill};
use operations::enrol::EnrolRefusal;
use operations::{City, spoken};
use policy::Text;
use policy::calendar::WindowKind;
use store::tables::enrolment_draft::{DraftState, EnrolmentDraft};
use units::{Date, Fen, Month};

use super::entry::{self, Entry};
use super::own_draft;
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;

#[derive(Template)]
#[template(path = "console/enrol_preview.html")]
struct PreviewPage {
    visit: Visit,
    draft: EnrolmentDraft,
    entry: Entry,
    months: Vec<MonthPreview>,
    /// Registered here before.
    known: bool,
    /// What is in the way; it is read out.
    refusal: Option<Text>,
    /// The desk is closed: the sentence, and the day that is offered.
    closed: Option<(Text, Option<Date>)>,
    deposit_day: Option<Date>,
    /// How somebody without a mandate pays the first month.
    by_hand: Text,
    covered_from: Option<Date>,
}

impl PreviewPage {
    fn sex(&self) -> &'static str {
        match self.entry.form.identity.sex() {
            Sex::Female => self.visit.say("女", "female"),
            Sex::Male => self.visit.say("男", "male"),
        }
    }

    /// Whole years.
    fn age(&self) -> i32 {
        let (born, today) = (self.entry.form.identity.born_on(), self.visit.today.date);
        let birthday = (born.month().number(), born.day());
        let had = (today.month().number(), today.day()) >= birthday;
        today.year() - born.year() - i32::from(!had)
    }

    fn first(&self) -> Month {
        self.entry.form.from
    }

    fn first_sum(&self) -> Fen {
        self.months.first().map_or(Fen::ZERO, |month| month.total)
    }

    /// Whether the first bill is made with the enrolment.
    fn billed_now(&self) -> bool {
        self.first() <= self.visit.today.date.month() && self.closed.is_none()
    }

    fn may_save(&self) -> bool {
        self.refusal.is_none() && self.closed.is_none()
    }

    fn card_end(&self) -> String {
        let account = self.entry.form.mandate.as_ref().map_or("", |m| m.account_number.as_str());
        account.get(account.len().saturating_sub(4)..).unwrap_or_default().to_owned()
    }
}

/// `GET /desk/enrol/{draft}`.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let Some(draft) = own_draft(&app, &clerk, &id).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let onward = match (draft.state, draft.enrolled) {
        (DraftState::Saved, Some(person)) => Some(format!("/desk/people/{person}?reason=at-desk")),
        (DraftState::Saved | DraftState::Withdrawn, _) => Some("/desk/enrol".to_owned()),
        (DraftState::Entered | DraftState::Booked, _) => None,
    };
    if let Some(onward) = onward {
        return Ok(Redirect::to(&visit.link(&onward)).into_response());
    }
    let today = visit.today.date;
    let mut form = Form::from_encoded(&draft.fields);
    let Some(entry) = entry::read(&mut form, &app.city, (&clerk.office, today)) else {
        let edit = format!("/desk/enrol?draft={}", draft.id);
        return Ok(Redirect::to(&visit.link(&edit)).into_response());
    };
    let (city, checked) = (app.city.clone(), entry.form.clone());
    let (known, refusal) = app
        .db
        .read_async(move |tx| -> Result<_, EnrolRefusal> {
            let known = store::tables::person::find_by_identity(tx, &checked.identity)?;
            match check_join(tx, &city, &checked, today) {
                Err(EnrolRefusal::Store(error)) => Err(error.into()),
                result => Ok((known.is_some(), result.err())),
            }
        })
        .await?;
    let refusal = refusal.map(|refusal| refusal.message(&app.city));
    Ok(page(&prepared(&app.city, visit, (draft, entry), (known, refusal))))
}

fn prepared(
    city: &City,
    visit: Visit,
    (draft, entry): (EnrolmentDraft, Entry),
    (known, refusal): (bool, Option<Text>),
) -> PreviewPage {
    let (form, today) = (&entry.form, visit.today.date);
    let choice = Choice { branches: form.branches, base: form.base };
    let closed = check_window(city, today).err();
    let closed = closed.map(|closed| (closed.message(), closed.next()));
    let lapse = city.pack().topics().medical_lapse.on(today, today).ok();
    let waited = lapse.and_then(|rule| i32::try_from(rule.value.first_waiting_months).ok());
    let insured = form.branches.contains(policy::Branch::Medical);
    PreviewPage {
        months: preview_bill(city, choice, (form.from, today)).unwrap_or_default(),
        known,
        refusal,
        closed,
        by_hand: by_hand(city, form.from),
        deposit_day: city.pack().calendar().deposit_day(form.from).ok(),
        covered_from: waited.filter(|_| insured).map(|months| form.from.plus(months).first_day()),
        visit,
        draft,
        entry,
    }
}

/// Without a mandate: by WeChat or at a counter, each until its own day.
fn by_hand(city: &City, month: Month) -> Text {
    let last = |kind| city.pack().calendar().window(kind, month).ok().map(|window| window.last);
    match (last(WindowKind::Wechat), last(WindowKind::Counter)) {
        (Some(wechat), Some(counter)) => {
            let (wechat, counter) = (spoken::day(wechat), spoken::day(counter));
            Text::made(
                format!("微信缴到{}，银行柜台缴到{}", wechat.zh, counter.zh),
                format!("by WeChat until {}, at a bank counter until {}", wechat.en, counter.en),
            )
        }
        _ => Text::fixed("微信或银行柜台", "by WeChat or at a bank counter"),
    }
}
