//! `/desk/imports/{import}`: what became of each line, or would; also as CSV and XLSX.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use insurance::clerk::Clerk;
use insurance::ids::RunId;
use operations::import_file::ImportKind;
use policy::Text;
use serde::Deserialize;
use store::tables::import_file::{self, ImportFile, ImportState};
use store::tables::import_line::{self, Fate, ImportLine};

use super::{kind_words, may_import, office_of};
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::page::page;
use crate::site::spreadsheet::{Cell, Sheet, TableFormat, download};
use crate::site::visit::Visit;

/// How many lines a page shows.
const LINES_PER_PAGE: i64 = 100;

#[derive(Template)]
#[template(path = "console/import.html")]
struct ImportPage {
    visit: Visit,
    file: ImportFile,
    lines: Vec<ImportLine>,
    asked: Asked,
    more: Option<u64>,
}

/// Which lines.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: u64,
}

impl Asked {
    /// Refused lines unless all are asked for.
    fn fate(&self) -> Option<Fate> {
        (self.show != "all").then_some(Fate::Refused)
    }
}

impl ImportPage {
    fn kind(&self) -> Text {
        ImportKind::from_code(self.file.kind).map_or(Text::fixed("", ""), kind_words)
    }

    /// Whether good lines wait for the clerk's word.
    fn can_be_booked(&self) -> bool {
        may_import(&self.visit)
            && (self.file.state == ImportState::Booking
                || self.file.state == ImportState::Checked && self.file.counts.booked > 0)
    }

    fn can_be_withdrawn(&self) -> bool {
        may_import(&self.visit) && self.file.state == ImportState::Checked
    }

    fn is_done(&self) -> bool {
        self.file.state == ImportState::Booked
    }

    fn shows_all(&self) -> bool {
        self.asked.fate().is_none()
    }

    fn title_of(&self, line: &ImportLine) -> String {
        column_title(&self.visit, &self.file, line)
    }
}

/// A column as the template calls it.
fn column_title(visit: &Visit, file: &ImportFile, line: &ImportLine) -> String {
    let columns = ImportKind::from_code(file.kind).map_or(&[][..], ImportKind::columns);
    match columns.iter().find(|column| column.word == line.field) {
        Some(column) => visit.say(column.title, column.word).to_owned(),
        None => visit.say("整行", "whole line").to_owned(),
    }
}

fn fate_words(fate: Fate, state: ImportState) -> (Text, &'static str) {
    let is_done = state == ImportState::Booked;
    match fate {
        Fate::Booked if is_done => (Text::fixed("已入账", "booked"), "good"),
        Fate::Booked => (Text::fixed("可入账", "good"), "good"),
        Fate::Unchanged => (Text::fixed("无变化", "unchanged"), ""),
        Fate::Refused => (Text::fixed("退回", "refused"), "bad"),
    }
}

/// A file of the clerk's own office; the audit role sees every office's.
pub(super) async fn own_file(
    app: &App,
    visit: &Visit,
    id: &str,
) -> Result<Option<(Clerk, ImportFile)>, Failure> {
    let (Some(clerk), Ok(run)) = (visit.clerk().cloned(), id.parse::<RunId>()) else {
        return Ok(None);
    };
    let file = app.db.read_async(move |tx| import_file::find(tx, run)).await?;
    let own = |file: &ImportFile| ["", &*file.office].contains(&office_of(&clerk));
    Ok(file.filter(own).map(|file| (clerk, file)))
}

/// `GET /desk/imports/{import}`.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let Some((_, file)) = own_file(&app, &visit, &id).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let (run, which) = (file.run, (asked.fate(), asked.after));
    let read = move |tx: &mut store::Tx<'_>| import_line::list(tx, run, which, LINES_PER_PAGE + 1);
    let mut lines = app.db.read_async(read).await?;
    let page_full = usize::try_from(LINES_PER_PAGE).unwrap_or(usize::MAX);
    let more = (lines.len() > page_full).then(|| lines[page_full - 1].line);
    lines.truncate(page_full);
    Ok(page(&ImportPage { visit, file, lines, asked, more }))
}

/// `GET /desk/imports/{import}/report.csv` and `report.xlsx`.
pub(super) async fn give(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let format = name.strip_prefix("report.").and_then(TableFormat::from_word);
    let (Some((_, file)), Some(format)) = (own_file(&app, &visit, &id).await?, format) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let run = file.run;
    let read = move |tx: &mut store::Tx<'_>| import_line::list(tx, run, (None, 0), i64::MAX);
    let lines = app.db.read_async(read).await?;
    let name = format!("{}-{run}", visit.say("导入报告", "import-report"));
    download(&name, &[sheet(&visit, &file, &lines)], format)
}

fn sheet(visit: &Visit, file: &ImportFile, lines: &[ImportLine]) -> Sheet {
    let head = [("行号", "Line"), ("结果", "Fate"), ("列", "Column"), ("说明", "Details")];
    let row = |line: &ImportLine| {
        let (fate, _) = fate_words(line.fate, file.state);
        vec![
            Cell::Count(i64::try_from(line.line).unwrap_or(i64::MAX)),
            visit.read(&fate).into(),
            column_title(visit, file, line).into(),
            visit.read(&line.words).into(),
        ]
    };
    Sheet {
        name: visit.say("导入报告", "Import report").to_owned(),
        head: head.map(|(zh, en)| visit.say(zh, en).to_owned()).into(),
        rows: lines.iter().map(row).collect(),
    }
}
