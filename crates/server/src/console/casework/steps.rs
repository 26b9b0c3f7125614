//! The steps of a case: each posts, does one operation, and leads back to the case.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use insurance::clerk::Clerk;
use insurance::ids::PaymentOrderId;
use insurance::payment_order::OrderEvent;
use operations::City;
use operations::casework::answer_order::{Answer, answer_order};
use operations::casework::carry_out::carry_out as carry_out_case;
use operations::casework::decide_case::{Decision, decide_case, propose_case, withdraw_case};
use operations::casework::{CaseKey, CaseworkRefusal};
use policy::Text;
use store::Tx;
use units::{Date, Timestamp};

use super::{case_page, key_of, path_of};
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::visit::Visit;

/// Which case, as the address has it.
type CasePath = Path<(String, String)>;

/// `POST …/propose`.
pub(super) async fn propose(
    state: State<Arc<App>>,
    visit: Visit,
    path: CasePath,
    form: Form,
) -> Result<Response, Failure> {
    take(state, (visit, path, form), |tx, city, clerk, key, now| {
        propose_case(tx, city, clerk, key, now)
    })
    .await
}

/// `POST …/withdraw`.
pub(super) async fn withdraw(
    state: State<Arc<App>>,
    visit: Visit,
    path: CasePath,
    form: Form,
) -> Result<Response, Failure> {
    let note = form.value("note").to_owned();
    take(state, (visit, path, form), move |tx, city, clerk, key, now| {
        withdraw_case(tx, city, clerk, (key, &note), now)
    })
    .await
}

/// `POST …/decide`.
pub(super) async fn decide(
    state: State<Arc<App>>,
    visit: Visit,
    path: CasePath,
    form: Form,
) -> Result<Response, Failure> {
    let note = form.value("note").to_owned();
    let decision = match form.value("decision") {
        "approve" => Decision::Approve,
        "send-back" => Decision::SendBack,
        "refuse" => Decision::Refuse,
        _ => return Ok(StatusCode::BAD_REQUEST.into_response()),
    };
    take(state, (visit, path, form), move |tx, city, clerk, key, now| {
        decide_case(tx, city, clerk, (key, decision, &note), now)
    })
    .await
}

/// `POST …/carry-out`.
pub(super) async fn carry_out(
    state: State<Arc<App>>,
    visit: Visit,
    path: CasePath,
    form: Form,
) -> Result<Response, Failure> {
    take(state, (visit, path, form), |tx, city, clerk, key, now| {
        carry_out_case(tx, city, clerk, key, now)
    })
    .await
}

/// `POST …/orders/{order}`: what the bank said.
pub(super) async fn answer(
    state: State<Arc<App>>,
    visit: Visit,
    Path((person, case, order)): Path<(String, String, String)>,
    mut form: Form,
) -> Result<Response, Failure> {
    let event = match form.value("event") {
        "confirm" => OrderEvent::Confirm,
        "reject" => OrderEvent::Reject,
        _ => return Ok(StatusCode::BAD_REQUEST.into_response()),
    };
    let Ok(order) = order.parse::<PaymentOrderId>() else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Ok(on) = form.value("on").parse::<Date>() else {
        let Some(key) = key_of((&person, &case)) else {
            return Ok(StatusCode::NOT_FOUND.into_response());
        };
        form.refuse("on", Text::fixed("请填写银行处理日期。", "Enter the bank's day."));
        return case_page::again(&state, visit, key, form).await;
    };
    let answer = Answer { event, on, reference: form.value("reference").to_owned() };
    let path = Path((person, case));
    take(state, (visit, path, form), move |tx, city, clerk, key, now| {
        answer_order(tx, city, clerk, ((key.0, order), &answer), now)
    })
    .await
}

/// Does a step and leads back to the case, or shows the case with the reason why not.
async fn take(
    State(app): State<Arc<App>>,
    (visit, Path((person, case)), mut form): (Visit, CasePath, Form),
    step: impl Fn(&mut Tx<'_>, &City, &Clerk, CaseKey, Timestamp) -> Result<(), CaseworkRefusal>
    + Send
    + 'static,
) -> Result<Response, Failure> {
    let Some(key) = key_of((&person, &case)) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let (city, now) = (app.city.clone(), app.clock.now());
    let done = app.db.write_async(move |tx| step(tx, &city, &clerk, key, now)).await;
    match done {
        Ok(()) => Ok(Redirect::to(&visit.link(&path_of(key))).into_response()),
        Err(CaseworkRefusal::Store(error)) => Err(error.into()),
        Err(CaseworkRefusal::CaseMustExist) => Ok(StatusCode::NOT_FOUND.into_response()),
        Err(refusal) => {
            form.refuse("case", refusal.message());
            case_page::again(&app, visit, key, form).await
        }
    }
}
