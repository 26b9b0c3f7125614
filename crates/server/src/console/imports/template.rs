//! `/desk/imports/template/people.xlsx`: what to fill in. In a workbook every column is formatted as
//! text, so that no identity number loses its last digits; a second sheet explains the columns.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use operations::import_file::ImportKind;
use operations::import_file::column::{Column, Need};

use super::kind_words;
use crate::site::failure::Failure;
use crate::site::spreadsheet::{Cell, Sheet, TableFormat, download};
use crate::site::visit::Visit;

/// `GET /desk/imports/template/{template}`.
pub(super) async fn give(visit: Visit, Path(name): Path<String>) -> Result<Response, Failure> {
    let parts = name.split_once('.');
    let kind = parts.and_then(|(kind, _)| ImportKind::from_word(kind));
    let format = parts.and_then(|(_, format)| TableFormat::from_word(format));
    let (Some(kind), Some(format)) = (kind, format) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let title = kind_words(kind);
    let name = format!("{}-{}", visit.read(&title), visit.say("导入模板", "template"));
    download(&name, &[lines(&visit, kind), columns(&visit, kind)], format)
}

/// The sheet to fill in, with one invented line.
fn lines(visit: &Visit, kind: ImportKind) -> Sheet {
    let columns = kind.columns();
    Sheet {
        name: visit.say("数据", "Lines").to_owned(),
        head: columns.iter().map(|column| title(visit, column)).collect(),
        rows: vec![columns.iter().map(|column| column.example.into()).collect()],
    }
}

fn title(visit: &Visit, column: &Column) -> String {
    let star = if column.need == Need::Required { "*" } else { "" };
    format!("{}{star}", visit.say(column.title, column.word))
}

fn columns(visit: &Visit, kind: ImportKind) -> Sheet {
    let head = [("列", "Column"), ("是否必填", "Required"), ("怎么填", "What to write")];
    let row = |column: &Column| -> Vec<Cell> {
        let need = match column.need {
            Need::Required => visit.say("必填", "yes"),
            Need::Optional => visit.say("可不填", "no"),
        };
        vec![title(visit, column).into(), need.into(), visit.read(&column.hint).into()]
    };
    Sheet {
        name: visit.say("填写说明", "Columns").to_owned(),
        head: head.map(|(zh, en)| visit.say(zh, en).to_owned()).into(),
        rows: kind.columns().iter().map(row).collect(),
    }
}
