//! `POST /desk/imports/check`: a file is kept as it came, and every line is tried and undone.

use std::io::Cursor;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use insurance::clerk::Clerk;
use insurance::ids::RunId;
use operations::import_file::{ImportError, ImportKind, Source, check_file, identify};
use policy::Text;
use store::tables::audit_event;
use store::tables::import_file::{self, ImportFile, ImportState};

use crate::app::App;
use crate::console::trail;
use crate::site::failure::Failure;
use crate::site::upload::{Upload, UploadedFile};
use crate::site::visit::Visit;

/// `POST /desk/imports/check`.
pub(super) async fn check(
    State(app): State<Arc<App>>,
    visit: Visit,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let kind = ImportKind::from_word(upload.form.value("kind"));
    if kind.is_none() {
        let words = Text::fixed("请选择文件里是什么。", "Choose what the file holds.");
        upload.form.refuse("kind", words);
    }
    let file = upload.file("file").cloned();
    if file.is_none() {
        let words = Text::fixed("请选择一个文件。", "Choose a file.");
        upload.form.refuse("file", words);
    }
    if let (Some(kind), Some(file)) = (kind, file) {
        let worker = app.clone();
        let work = move || take(&worker, &clerk, kind, &file);
        match tokio::task::spawn_blocking(work).await?? {
            Taken::Kept(run) => {
                let path = visit.link(&format!("/desk/imports/{run}"));
                return Ok(Redirect::to(&path).into_response());
            }
            Taken::Refused(words) => upload.form.refuse("file", words),
        }
    }
    let page = super::list(&app, visit, upload.form).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

enum Taken {
    Kept(RunId),
    Refused(Text),
}

fn take(
    app: &App,
    clerk: &Clerk,
    kind: ImportKind,
    file: &UploadedFile,
) -> Result<Taken, store::Error> {
    let source = || Source {
        kind,
        input: Cursor::new(&file.bytes),
        actor: &clerk.account,
        office: Some(&clerk.office),
    };
    let now = app.clock.now();
    let run = match identify(&app.db, &app.city, &mut source(), now) {
        Ok(run) => run,
        Err(ImportError::Store(error)) => return Err(error),
        Err(refusal) => return Ok(Taken::Refused(refusal.message())),
    };
    let known = app.db.read(|tx| import_file::find(tx, run))?;
    match known.as_ref().map(|known| (known.state, known.office == clerk.office)) {
        Some((_, false)) => {
            let words = Text::fixed(
                "同样内容的文件已由别的经办机构或系统管理员导入。",
                "The same file was handed in by another office or on the command line.",
            );
            return Ok(Taken::Refused(words));
        }
        // It is on its way or done: its page says so.
        Some((ImportState::Booking | ImportState::Booked, true)) => return Ok(Taken::Kept(run)),
        Some((ImportState::Checked | ImportState::Withdrawn, true)) | None => {}
    }
    let counts = match check_file(&app.db, &app.city, source(), now) {
        Ok(counts) => counts,
        Err(ImportError::Store(error)) => return Err(error),
        Err(refusal) => return Ok(Taken::Refused(refusal.message())),
    };
    let fresh = ImportFile {
        run,
        kind: kind.code(),
        name: file.name.clone(),
        office: clerk.office.clone(),
        state: ImportState::Checked,
        counts,
        handed_in_by: clerk.account.clone(),
        handed_in_at: now,
        changed_by: clerk.account.clone(),
        changed_at: now,
    };
    let body = file.bytes.clone();
    let event = trail::event(app, clerk, ("check_import", None), detail(&fresh), now);
    app.db.write(move |tx| -> Result<_, store::Error> {
        if import_file::insert(tx, &fresh, &body)? == 0
            && let Some(known) = &known
        {
            let step = (known.state, ImportState::Checked);
            import_file::set_state(tx, run, step, counts, (&fresh.changed_by, now))?;
        }
        audit_event::insert(tx, &event)
    })?;
    Ok(Taken::Kept(run))
}

/// What the trail says of a file: its kind, run and figures.
pub(super) fn detail(file: &ImportFile) -> String {
    let kind = ImportKind::from_code(file.kind).map_or("", ImportKind::word);
    let counts = file.counts;
    format!(
        "{kind} {}: {} good, {} unchanged, {} refused",
        file.run, counts.booked, counts.unchanged, counts.refused
    )
}
