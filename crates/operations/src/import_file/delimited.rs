//! Comma-separated text (RFC 4180), in UTF-8 or in GBK as Excel writes it on Chinese systems.
//!
//! In GB 18030 no byte of a Chinese letter is a comma, a quote or a line end, so lines and cells are
//! split before letters are decoded.

use std::io::BufReader;

use csv::{ByteRecord, ByteRecordsIntoIter, Position, ReaderBuilder};
use encoding_rs::Encoding;
use policy::Text;

use super::ImportError;
use super::table::{Cell, Input, Row, Rows};

/// The most letters of a cell: no name or number is longer.
const CELL_LETTERS_MAX: usize = 200;

/// The lines of a file, the header first.
pub(super) fn rows<'r>(input: impl Input + 'r, encoding: &'static Encoding) -> Rows<'r> {
    let reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(BufReader::new(input));
    Box::new(Lines { records: reader.into_byte_records(), encoding, before: 0 })
}

struct Lines<R> {
    records: ByteRecordsIntoIter<R>,
    encoding: &'static Encoding,
    before: u64,
}

impl<R: std::io::Read> Iterator for Lines<R> {
    type Item = Result<Row, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = match self.records.next()? {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(self.before + 1, Position::line);
                return Some(Err(match error.into_kind() {
                    csv::ErrorKind::Io(error) => error.into(),
                    _ => ImportError::FileMustBeReadable { line },
                }));
            }
        };
        // The reader counts line feeds only; lines that end in a lone carriage return have numbers
        // of their own too.
        let line = record.position().map_or(0, Position::line).max(self.before + 1);
        self.before = line;
        Some(Ok(Row { line, cells: self.cells(&record) }))
    }
}

impl<R> Lines<R> {
    fn cells(&self, record: &ByteRecord) -> Vec<Cell> {
        record.iter().map(|bytes| cell(self.encoding, bytes)).collect()
    }
}

fn cell(encoding: &'static Encoding, bytes: &[u8]) -> Cell {
    let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let Some(text) = decoded else {
        return Cell::Unreadable(Text::fixed(
            "这一格的文字编码读不出来，请另存为UTF-8或GBK编码的CSV，或改用XLSX。",
            "The letters of this cell can't be read; save the file as CSV in UTF-8 or GBK, or as XLSX.",
        ));
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.chars().count() > CELL_LETTERS_MAX || text.contains('\0') {
        return Cell::Unreadable(Text::fixed(
            "这一格太长或含有不可见字符，请检查。",
            "This cell is too long or holds letters that can't be seen; check it.",
        ));
    }
    Cell::Text(text.to_owned())
}
