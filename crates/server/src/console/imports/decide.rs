//! Booking a checked file, or withdrawing it.

use std::io::Cursor;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use insurance::clerk::Clerk;
use operations::assess_month::assess_month;
use operations::import_file::{ImportKind, Imported, Source, import_file};
use store::Tx;
use store::tables::assessment_batch;
use store::tables::audit_event::{self, AuditEvent};
use store::tables::import_file::{self as files, ImportFile, ImportState};
use store::tables::import_line::FateCounts;
use units::Timestamp;

use super::receive::detail;
use super::report::own_file;
use crate::app::App;
use crate::console::trail;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::visit::Visit;

/// `POST /desk/imports/{import}/book`: books every good line; one that was stopped goes on.
pub(super) async fn book(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let Some((clerk, file)) = own_file(&app, &visit, &id).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let onward = Redirect::to(&visit.link(&format!("/desk/imports/{}", file.run)));
    if matches!(file.state, ImportState::Checked | ImportState::Booking) {
        let worker = app.clone();
        let work = move || book_file(&worker, &clerk, file);
        tokio::task::spawn_blocking(work).await??;
    }
    Ok(onward.into_response())
}

fn book_file(app: &App, clerk: &Clerk, file: ImportFile) -> anyhow::Result<()> {
    let (run, now) = (file.run, app.clock.now());
    let Some(kind) = ImportKind::from_code(file.kind) else { return Ok(()) };
    let body = app.db.read(|tx| files::get_body(tx, run))?;
    let (by, counts) = (clerk.account.clone(), file.counts);
    app.db.write(move |tx| {
        files::set_state(tx, run, (ImportState::Checked, ImportState::Booking), counts, (&by, now))
    })?;
    let source = Source {
        kind,
        input: Cursor::new(body),
        actor: &clerk.account,
        office: Some(&*file.office),
    };
    let imported = import_file(&app.db, &app.city, source, now, &mut |_, _| {})?;
    if kind == ImportKind::People {
        bill_joiners(app, clerk, now)?;
    }
    let done = ImportFile { counts: counts_of(&imported), ..file };
    let event = trail::event(app, clerk, ("book_import", None), detail(&done), now);
    let step = (ImportState::Booking, ImportState::Booked);
    let by = clerk.account.clone();
    app.db.write(move |tx| record(tx, &done, step, (&by, now), &event))?;
    Ok(())
}

/// Whoever joins after the month's bills were made gets theirs at once; the others' stay as they are.
fn bill_joiners(app: &App, clerk: &Clerk, now: Timestamp) -> anyhow::Result<()> {
    let month = now.date_in_shanghai().month();
    let (dues, _) = app.db.read(|tx| assessment_batch::sum_of_month(tx, month))?;
    if dues > 0 {
        let about = (month, &*clerk.account);
        assess_month(&app.db, &app.city, about, now, &mut |_, _| {})?;
    }
    Ok(())
}

/// What an import did, as the list of files shows it.
pub(crate) fn counts_of(imported: &Imported) -> FateCounts {
    FateCounts {
        booked: imported.booked + imported.booked_before,
        unchanged: imported.unchanged,
        refused: imported.refused.len() as u64,
    }
}

fn record(
    tx: &mut Tx<'_>,
    file: &ImportFile,
    step: (ImportState, ImportState),
    (by, now): (&str, Timestamp),
    event: &AuditEvent,
) -> Result<(), store::Error> {
    if files::set_state(tx, file.run, step, file.counts, (by, now))? == 1 {
        audit_event::insert(tx, event)?;
    }
    Ok(())
}

/// `POST /desk/imports/{import}/withdraw`: nothing of it is booked.
pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let Some((clerk, file)) = own_file(&app, &visit, &id).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let now = app.clock.now();
    let event = trail::event(&app, &clerk, ("withdraw_import", None), detail(&file), now);
    let step = (ImportState::Checked, ImportState::Withdrawn);
    app.db.write_async(move |tx| record(tx, &file, step, (&clerk.account, now), &event)).await?;
    Ok(Redirect::to(&visit.link("/desk/imports")).into_response())
}
