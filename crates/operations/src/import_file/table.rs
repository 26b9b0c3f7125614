//! The lines of a file, whatever its format: comma-separated text in UTF-8 or GBK, or the first
//! sheet of an XLSX workbook.

use std::io::{Read, Seek, SeekFrom};

use policy::Text;
use sha2::{Digest, Sha256};

use super::ImportError;
use super::column::{Column, Need, Shape};
use super::{delimited, workbook};

/// A file that can be read twice: once to learn what it is, once for its lines.
pub trait Input: Read + Seek {}

impl<T: Read + Seek> Input for T {}

/// One cell as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Text.
    Text(String),
    /// A number of a spreadsheet, as a person would write it.
    Number(String),
    /// Something that can't be read, and what to do about it.
    Unreadable(Text),
}

/// One line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The line, 1 for the header.
    pub(super) line: u64,
    /// Its cells.
    pub(super) cells: Vec<Cell>,
}

/// The lines of a file under their header.
pub(super) struct Table<'r> {
    places: Places,
    rows: Rows<'r>,
}

/// Rows one after the other; an error ends the file.
pub(super) type Rows<'r> = Box<dyn Iterator<Item = Result<Row, ImportError>> + 'r>;

/// The column at fault and what to do.
pub(super) type FieldError = (&'static str, Text);

/// What a first reading tells about a file.
pub(super) struct Look {
    /// The SHA-256 of its content, in hex.
    pub(super) digest: String,
    kind: Kind,
}

enum Kind {
    Workbook,
    Utf8,
    Gbk,
    /// A workbook of 1997, or one with a password.
    OldWorkbook,
}

const XLSX_START: &[u8] = b"PK\x03\x04";
const OLD_WORKBOOK_START: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];

/// Reads a file once: what it is, and the digest that names its content.
pub(super) fn look(input: &mut impl Input) -> Result<Look, ImportError> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let (mut rest, mut start) = (Vec::new(), Vec::new());
    let mut is_utf8 = true;
    loop {
        let count = input.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
        if start.len() < XLSX_START.len() {
            start.extend_from_slice(&buffer[..count.min(XLSX_START.len())]);
        }
        if is_utf8 {
            rest.extend_from_slice(&buffer[..count]);
            is_utf8 = take_utf8(&mut rest);
        }
    }
    input.seek(SeekFrom::Start(0))?;
    let kind = match () {
        () if start.starts_with(XLSX_START) => Kind::Workbook,
        () if start.starts_with(OLD_WORKBOOK_START) => Kind::OldWorkbook,
        () if is_utf8 && rest.is_empty() => Kind::Utf8,
        () => Kind::Gbk,
    };
    Ok(Look { digest: insurance::ledger::hex(&hasher.finalize()), kind })
}

/// Takes whole letters off the front and leaves a letter that the next piece goes on with.
/// Answers no when it can't be UTF-8.
fn take_utf8(bytes: &mut Vec<u8>) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => bytes.clear(),
        Err(error) if error.error_len().is_none() => {
            bytes.drain(..error.valid_up_to());
        }
        Err(_) => return false,
    }
    true
}

impl<'r> Table<'r> {
    /// Opens a file that was looked at.
    pub(super) fn open(
        input: impl Input + 'r,
        look: &Look,
        columns: &'static [Column],
    ) -> Result<Self, ImportError> {
        let mut rows = match look.kind {
            Kind::Workbook => workbook::rows(input)?,
            Kind::Utf8 => delimited::rows(input, encoding_rs::UTF_8),
            Kind::Gbk => delimited::rows(input, encoding_rs::GB18030),
            Kind::OldWorkbook => return Err(ImportError::WorkbookMustBeXlsx),
        };
        let header = rows.next().transpose()?.ok_or(ImportError::FileMustHaveLines)?;
        Ok(Self { places: Places::of(&header, columns)?, rows })
    }

    /// The next line that is not empty.
    pub(super) fn next(&mut self) -> Option<Result<Line<'_>, ImportError>> {
        let row = self.rows.find(|row| row.as_ref().map_or(true, |row| !row.is_empty()))?;
        Some(row.map(|row| Line { places: &self.places, row }))
    }
}

impl Row {
    fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| matches!(cell, Cell::Text(text) if text.is_empty()))
    }
}

/// Where each column stands.
struct Places {
    columns: Vec<(&'static Column, usize)>,
    width: usize,
}

impl Places {
    fn of(header: &Row, columns: &'static [Column]) -> Result<Self, ImportError> {
        let titles: Vec<&str> = header.cells.iter().map(Cell::title).collect();
        let mut places = Vec::new();
        for column in columns {
            let mut found = titles.iter().enumerate().filter(|(_, title)| column.is_named(title));
            match (found.next(), found.next()) {
                (Some((place, _)), None) => places.push((column, place)),
                (None, _) if column.need == Need::Optional => {}
                (None, _) => return Err(ImportError::ColumnMustBeThere(column.word, column.title)),
                (Some(_), Some(_)) => {
                    return Err(ImportError::ColumnMustStandOnce(column.word, column.title));
                }
            }
        }
        Ok(Self { columns: places, width: titles.len() })
    }
}

impl Cell {
    /// A header's cell; people mark required columns with a star.
    fn title(&self) -> &str {
        match self {
            Self::Text(text) => text.trim_end_matches(['*', '＊']).trim(),
            Self::Number(_) | Self::Unreadable(_) => "",
        }
    }
}

/// One line, read by the names of its columns.
pub(super) struct Line<'t> {
    places: &'t Places,
    row: Row,
}

impl Line<'_> {
    /// Its number.
    pub(super) const fn number(&self) -> u64 {
        self.row.line
    }

    /// Whether it has no more cells than the header.
    pub(super) fn check(&self) -> Result<(), FieldError> {
        let beyond = self.row.cells.get(self.places.width..).unwrap_or_default();
        if beyond.iter().all(|cell| *cell == Cell::Text(String::new())) {
            return Ok(());
        }
        let words = Text::fixed(
            "这一行的单元格比表头多，请检查是否多了逗号。",
            "This line has more cells than the header; look for a comma too many.",
        );
        Err(("-", words))
    }

    /// A column's text; empty where the line or the file has none.
    pub(super) fn text(&self, word: &'static str) -> Result<&str, FieldError> {
        let Some((column, place)) = self.places.columns.iter().find(|(c, _)| c.word == word) else {
            return Ok("");
        };
        match (self.row.cells.get(*place), column.shape) {
            (None, _) => Ok(""),
            (Some(Cell::Text(text)), _) => Ok(text),
            (Some(Cell::Number(text)), Shape::Words) => Ok(text),
            (Some(Cell::Number(_)), Shape::Digits) => Err((word, must_be_text())),
            (Some(Cell::Unreadable(words)), _) => Err((word, words.clone())),
        }
    }

    /// A column's text, where there is one.
    pub(super) fn find(&self, word: &'static str) -> Result<Option<&str>, FieldError> {
        self.text(word).map(|text| Some(text).filter(|text| !text.is_empty()))
    }

    /// A column's value.
    pub(super) fn parse<T>(
        &self,
        word: &'static str,
        read: impl FnOnce(&str) -> Result<T, Text>,
    ) -> Result<T, FieldError> {
        read(self.text(word)?).map_err(|words| (word, words))
    }
}

/// What to do about a number that a spreadsheet took for a quantity.
pub(super) fn must_be_text() -> Text {
    Text::fixed(
        "表格把这个号码当成了数值，末几位或开头的0可能已丢失。请把整列设为“文本”格式，重新填写号码后再导入。",
        "The spreadsheet holds this number as a quantity, so digits may be lost. Format the column as text, \
         enter the number again, and import anew.",
    )
}
