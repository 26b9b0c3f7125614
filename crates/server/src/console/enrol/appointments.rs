//! `/desk/appointments` 预约: who was asked to come back on an open day; what they said is there already.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use insurance::person::masked_name;
use store::tables::enrolment_draft::{self, EnrolmentDraft};

use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;

/// How many bookings the page shows.
const BOOKED_MAX: i64 = 200;

#[derive(Template)]
#[template(path = "console/appointments.html")]
struct AppointmentsPage {
    visit: Visit,
    booked: Vec<EnrolmentDraft>,
}

impl AppointmentsPage {
    /// A list shows masked names.
    fn name_of(&self, draft: &EnrolmentDraft) -> String {
        masked_name(Form::from_encoded(&draft.fields).value("name"))
    }

    /// The last four characters of the identity number.
    fn ends_with(&self, draft: &EnrolmentDraft) -> String {
        let form = Form::from_encoded(&draft.fields);
        let count = form.value("identity").chars().count();
        form.value("identity").chars().skip(count.saturating_sub(4)).collect()
    }

    /// Whether the person may come today.
    fn is_due(&self, draft: &EnrolmentDraft) -> bool {
        draft.visit_on.is_some_and(|day| day <= self.visit.today.date)
    }
}

/// `GET /desk/appointments`.
pub(super) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Result<Response, Failure> {
    let office = visit.clerk().map_or_else(String::new, |clerk| clerk.office.clone());
    let booked =
        app.db.read_async(move |tx| enrolment_draft::list_booked(tx, &office, BOOKED_MAX)).await?;
    Ok(page(&AppointmentsPage { visit, booked }))
}
