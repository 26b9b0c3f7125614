//! Tables to take along: CSV and XLSX that Excel opens as they are, Chinese letters included.
//!
//! A cell that begins like a formula would be run by the spreadsheet of whoever opens it, so in CSV
//! a quote goes before it; in XLSX texts are texts.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use units::Fen;

use super::failure::Failure;
use super::visit::url_encoded;

/// How a table is taken along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableFormat {
    /// Comma-separated text in UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
}

impl TableFormat {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Csv, Self::Xlsx];

    /// The end of a file's name.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The format of an end of a name.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Words, and numbers that name something.
    Words(String),
    /// How many.
    Count(i64),
    /// Yuan with two decimals.
    Money(Fen),
}

impl From<&str> for Cell {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<String> for Cell {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<Fen> for Cell {
    fn from(amount: Fen) -> Self {
        Self::Money(amount)
    }
}

impl From<i64> for Cell {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

/// One table with its header.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    /// The sheet's name.
    pub(crate) name: String,
    /// The columns' titles.
    pub(crate) head: Vec<String>,
    /// The rows.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// The sheets as a file to keep; CSV has the first one only.
///
/// # Errors
/// What a workbook can't hold.
pub(crate) fn bytes(sheets: &[Sheet], format: TableFormat) -> Result<Vec<u8>, Failure> {
    match format {
        TableFormat::Csv => Ok(sheets.first().map(csv).transpose()?.unwrap_or_default()),
        TableFormat::Xlsx => Ok(xlsx(sheets)?),
    }
}

/// The sheets as an answer that the browser saves under a name.
///
/// # Errors
/// As [`bytes`].
pub(crate) fn download(
    name: &str,
    sheets: &[Sheet],
    format: TableFormat,
) -> Result<Response, Failure> {
    let body = bytes(sheets, format)?;
    let encoded = url_encoded(&format!("{name}.{}", format.word()));
    let disposition = format!("attachment; filename*=UTF-8''{encoded}");
    let kind = format.media_type().to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], body)
        .into_response())
}

/// With a byte order mark, so that Excel takes it for UTF-8.
fn csv(sheet: &Sheet) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(&sheet.head)?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(plain))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Words(words) if words.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
            format!("'{words}")
        }
        Cell::Words(words) => words.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Money(amount) => amount.to_string(),
    }
}

fn xlsx(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let head = Format::new().set_bold();
    let (money, text) =
        (Format::new().set_num_format("#,##0.00"), Format::new().set_num_format("@"));
    for sheet in sheets {
        let page = workbook.add_worksheet();
        page.set_name(&sheet.name)?;
        page.set_freeze_panes(1, 0)?;
        for (column, title) in (0_u16..).zip(&sheet.head) {
            page.write_string_with_format(0, column, title, &head)?;
            page.set_column_format(column, &text)?;
            page.set_column_width(column, 18)?;
        }
        for (line, row) in (1_u32..).zip(&sheet.rows) {
            for (column, cell) in (0_u16..).zip(row) {
                match cell {
                    Cell::Words(words) => page.write_string_with_format(line, column, words, &text),
                    Cell::Count(count) => {
                        page.write_string_with_format(line, column, "", &text)?;
                        page.write_number(line, column, quantity(*count))
                    }
                    Cell::Money(amount) => page.write_number_with_format(
                        line,
                        column,
                        quantity(amount.fen()) / 100.0,
                        &money,
                    ),
                }?;
            }
        }
    }
    workbook.save_to_buffer()
}

/// A spreadsheet's numbers are floating-point: exact below 2^53.
fn quantity(number: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "XLSX has no other numbers")]
    let quantity = number as f64;
    quantity
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(words: &str) -> Sheet {
        let rows = vec![vec![words.into(), Cell::Money(Fen::from_yuan(439)), Cell::Count(3)]];
        let head = ["姓名", "金额", "笔数"].map(str::to_owned).into();
        Sheet { name: "a".to_owned(), head, rows }
    }

    #[test]
    fn a_cell_that_looks_like_a_formula_is_not_one() {
        for words in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            let written = String::from_utf8(csv(&sheet(words)).unwrap()).unwrap();
            assert!(written.contains(&format!("'{words}")), "{written:?}");
        }
        let plain = String::from_utf8(csv(&sheet("张三, \"三\"")).unwrap()).unwrap();
        assert_eq!(plain, "\u{feff}姓名,金额,笔数\r\n\"张三, \"\"三\"\"\",439.00,3\r\n");
    }

    #[test]
    fn a_workbook_is_read_back_by_another_library_as_it_was_meant() {
        use calamine::{Data, Reader, Xlsx};
        let bytes = xlsx(&[sheet("=HYPERLINK(\"x\")")]).unwrap();
        let mut workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        let range = workbook.worksheet_range("a").unwrap();
        assert_eq!(range.get_value((0, 0)), Some(&Data::String("姓名".to_owned())));
        let words = "=HYPERLINK(\"x\")".to_owned();
        assert_eq!(range.get_value((1, 0)), Some(&Data::String(words)));
        assert_eq!(range.get_value((1, 1)), Some(&Data::Float(439.0)));
        assert_eq!(range.get_value((1, 2)), Some(&Data::Float(3.0)));
        let formulas = workbook.worksheet_formula("a").unwrap();
        assert!(formulas.used_cells().next().is_none(), "no cell is a formula");
    }
}
