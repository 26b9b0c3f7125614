//! Files of a case: taken in after their bytes were read, handed out as an attachment that no
//! browser opens as a page.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use insurance::casework::evidence::{EvidenceRefusal, inspect};
use insurance::ids::{CITY, EvidenceId, TaskId};
use operations::casework::CaseworkRefusal;
use operations::casework::add_evidence::{NewEvidence, add_evidence};
use store::tables::access_log::{self, Access};
use store::tables::{case_evidence, office_case};

use super::{case_page, key_of, path_of, sees};
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::upload::Upload;
use crate::site::visit::{Visit, url_encoded};

/// Nothing of the file runs, even where a browser were made to show it.
const POLICY: &str = "default-src 'none'; sandbox";

/// `POST /desk/cases/{person}/{case}/evidence`.
pub(super) async fn take(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path((person, case)): Path<(String, String)>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let Some(key) = key_of((&person, &case)) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let taken = match upload.file("file") {
        None => Err(EvidenceRefusal::FileMustNotBeEmpty),
        Some(file) => inspect(&file.sent_name, &file.bytes).map(|kind| (kind, file)),
    };
    let (kind, file) = match taken {
        Ok(taken) => taken,
        Err(refusal) => {
            let mut form = std::mem::take(&mut upload.form);
            form.refuse("file", refusal.message());
            return case_page::again(&app, visit, key, form).await;
        }
    };
    let (folder, bytes) = (app.evidence.clone(), file.bytes.clone());
    let digest = tokio::task::spawn_blocking(move || folder.keep(&bytes)).await??;
    let new = NewEvidence {
        label: upload.form.value("label").to_owned(),
        name: file.name.clone(),
        kind,
        size_bytes: file.bytes.len(),
        digest,
    };
    let (city, now) = (app.city.clone(), app.clock.now());
    let added = app
        .db
        .write_async(move |tx| -> Result<_, CaseworkRefusal> {
            add_evidence(tx, &city, &clerk, (key, &new), now)
        })
        .await;
    match added {
        Ok(_) => {
            let path = format!("{}#evidence", visit.link(&path_of(key)));
            Ok(Redirect::to(&path).into_response())
        }
        Err(refusal) => {
            let mut form = std::mem::take(&mut upload.form);
            form.refuse("label", refusal.message());
            case_page::again(&app, visit, key, form).await
        }
    }
}

/// `GET /desk/cases/{person}/{case}/evidence/{evidence}`: recorded before it is handed out.
pub(super) async fn give(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path((person, case, evidence)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let nothing = || Ok(StatusCode::NOT_FOUND.into_response());
    let (Some(key), Ok(id)) = (key_of((&person, &case)), evidence.parse::<EvidenceId>()) else {
        return nothing();
    };
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let now = app.clock.now();
    let look = Access {
        person: key.0,
        id: app.city.fresh::<TaskId>(now).get(),
        accessed_at: now,
        actor: clerk.account.clone(),
        reason: "查看办件材料".to_owned(),
        what: "/desk/cases/evidence".to_owned(),
    };
    let found = app
        .db
        .write_async(move |tx| -> Result<_, store::Error> {
            let Some(case) = office_case::find(tx, key)?.filter(|c| sees(&clerk, &c.office)) else {
                return Ok(None);
            };
            let files = case_evidence::list(tx, (case.person, case.id))?;
            let file = files.into_iter().find(|file| file.id == id);
            if file.is_some() && key.0 != CITY {
                access_log::insert(tx, &look)?;
            }
            Ok(file)
        })
        .await?;
    let Some(file) = found else { return nothing() };
    let (folder, digest) = (app.evidence.clone(), file.digest.clone());
    let bytes = tokio::task::spawn_blocking(move || folder.read(&digest)).await??;
    let name = url_encoded(&file.name).replace('/', "%2F");
    let named = format!(
        "attachment; filename=\"evidence-{}.{}\"; filename*=UTF-8''{name}",
        file.id,
        file.kind.ending()
    );
    let headers = [
        (header::CONTENT_TYPE, file.kind.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, named),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
