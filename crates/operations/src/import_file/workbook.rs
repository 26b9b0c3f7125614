//! The first sheet of an XLSX workbook (ECMA-376), cell by cell.
//!
//! A workbook is a ZIP file, and a small one can unpack to more than any memory holds. So it is
//! unpacked once into nothing, within a limit, before a cell is read; and cells are read as a
//! stream, because a sheet may claim a size that it does not have.

use std::io::{Read, copy, sink};

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use policy::Text;
use units::{Date, Fen};

use super::ImportError;
use super::table::{Cell, Input, Row, Rows, must_be_text};

/// How large a workbook may be when it is unpacked.
const UNPACKED_BYTES_MAX: u64 = 128 << 20;
/// How many files a workbook may hold.
const PARTS_MAX: usize = 500;
/// How many lines a sheet may have; more is a matter for CSV.
const ROWS_MAX: usize = 100_000;
/// How far right a sheet may go.
const COLUMNS_MAX: u32 = 64;
/// Whole numbers below it are exact in a spreadsheet.
const EXACT_BELOW: f64 = 1e15;

/// The lines of a workbook's first sheet, the header first.
pub(super) fn rows<'r>(mut input: impl Input + 'r) -> Result<Rows<'r>, ImportError> {
    check_size(&mut input, UNPACKED_BYTES_MAX)?;
    input.rewind()?;
    let mut workbook = Xlsx::new(input).map_err(|error| unreadable(&error))?;
    let sheet = workbook.sheet_names().first().cloned().ok_or(ImportError::FileMustHaveLines)?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(|error| unreadable(&error))?;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(found) = cells.next_cell().map_err(|error| unreadable(&error))? {
        let ((row, column), value) = (found.get_position(), found.get_value());
        let Some(value) = cell(value) else { continue };
        let line = u64::from(row) + 1;
        if column >= COLUMNS_MAX {
            return Err(ImportError::FileMustBeReadable { line });
        }
        let place = usize::try_from(column).unwrap_or(usize::MAX);
        match rows.last_mut().map(|last| (last.line.cmp(&line), last)) {
            Some((std::cmp::Ordering::Equal, last)) => put(last, place, value),
            Some((std::cmp::Ordering::Greater, _)) => {
                return Err(ImportError::FileMustBeReadable { line });
            }
            Some((std::cmp::Ordering::Less, _)) | None => {
                if rows.len() == ROWS_MAX {
                    return Err(ImportError::FileMustBeSmaller);
                }
                let mut fresh = Row { line, cells: Vec::new() };
                put(&mut fresh, place, value);
                rows.push(fresh);
            }
        }
    }
    Ok(Box::new(rows.into_iter().map(Ok)))
}

fn put(row: &mut Row, place: usize, value: Cell) {
    if row.cells.len() <= place {
        row.cells.resize(place + 1, Cell::Text(String::new()));
    }
    row.cells[place] = value;
}

/// Unpacks every part into nothing: what a ZIP file says of its sizes need not be true.
fn check_size(input: &mut impl Input, bytes_max: u64) -> Result<(), ImportError> {
    let broken = |_| ImportError::FileMustBeReadable { line: 0 };
    let mut archive = zip::ZipArchive::new(input).map_err(broken)?;
    if archive.len() > PARTS_MAX {
        return Err(ImportError::FileMustBeSmaller);
    }
    let mut left = bytes_max;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(broken)?;
        let unpacked = copy(&mut part.take(left + 1), &mut sink())
            .map_err(|_| ImportError::FileMustBeReadable { line: 0 })?;
        left = left.checked_sub(unpacked).ok_or(ImportError::FileMustBeSmaller)?;
    }
    Ok(())
}

/// A cell as a person would write it; `None` for an empty one.
fn cell(value: &DataRef<'_>) -> Option<Cell> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::String(text) => Cell::Text(text.trim().to_owned()),
        DataRef::SharedString(text) => Cell::Text(text.trim().to_owned()),
        DataRef::DateTimeIso(text) => Cell::Text(text.split('T').next().unwrap_or("").to_owned()),
        DataRef::Int(number) => Cell::Number(number.to_string()),
        DataRef::Float(number) => number_cell(*number),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            let date = Date::new(year.into(), month.into(), day.into());
            date.map_or_else(|_| bad_cell(), |date| Cell::Text(date.to_string()))
        }
        DataRef::Bool(_) | DataRef::DurationIso(_) | DataRef::Error(_) => bad_cell(),
    })
}

/// A quantity: whole, or with the two decimals of money. Beyond fifteen digits a spreadsheet keeps
/// no longer what was typed.
fn number_cell(number: f64) -> Cell {
    if !number.is_finite() || number.abs() >= EXACT_BELOW {
        return Cell::Unreadable(must_be_text());
    }
    let text = format!("{number}");
    if number.fract() == 0.0 || text.parse::<Fen>().is_ok() {
        return Cell::Number(text);
    }
    // 0.1 + 0.2 is 0.30000000000000004 in a spreadsheet; a person means 0.30.
    let rounded = format!("{number:.2}");
    match rounded.parse::<f64>() {
        Ok(near) if (near - number).abs() < 1e-6 => Cell::Number(rounded),
        _ => Cell::Number(text),
    }
}

fn bad_cell() -> Cell {
    Cell::Unreadable(Text::fixed(
        "这一格不是文字、数字或日期（可能是公式出错），请改正。",
        "This cell is no text, number or date (perhaps a formula failed); correct it.",
    ))
}

fn unreadable(error: &XlsxError) -> ImportError {
    match error {
        XlsxError::Password => ImportError::WorkbookMustBeXlsx,
        _ => ImportError::FileMustBeReadable { line: 0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Seek, Write};

    #[test]
    fn a_small_file_that_unpacks_to_a_large_one_is_refused_before_it_is_read() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("xl/worksheets/sheet1.xml", options).unwrap();
        archive.write_all(&vec![b' '; 1 << 20]).unwrap();
        let mut packed = archive.finish().unwrap();
        assert!(packed.get_ref().len() < 1 << 14, "it is small");
        assert!(check_size(&mut packed, 1 << 20).is_ok());
        packed.rewind().unwrap();
        let refused = check_size(&mut packed, (1 << 20) - 1);
        assert!(matches!(refused, Err(ImportError::FileMustBeSmaller)));
    }

    #[test]
    fn a_quantity_is_written_as_a_person_writes_it_or_not_at_all() {
        let number = |number: f64| match number_cell(number) {
            Cell::Number(text) => text,
            Cell::Text(_) | Cell::Unreadable(_) => "?".to_owned(),
        };
        assert_eq!(number(4952.0), "4952");
        assert_eq!(number(4952.4), "4952.4");
        assert_eq!(number(0.1 + 0.2), "0.30");
        assert_eq!(number(13_912_345_678.0), "13912345678");
        assert_eq!(number(320_102_199_001_010_010.0), "?");
        assert_eq!(number(1.0 / 3.0), "0.3333333333333333");
        assert_eq!(number(f64::NAN), "?");
    }
}
