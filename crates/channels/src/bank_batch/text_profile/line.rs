//! Columns to bytes, and bytes to columns.

use std::collections::BTreeMap;

use super::{Column, Encoding, Field, LineEnd, Profile};

/// The values of one line.
pub(super) type Record = BTreeMap<Field, String>;

/// Why a value cannot be written.
pub(super) struct Misfit {
    pub(super) field: Field,
    pub(super) must: &'static str,
}

/// Appends a line of the columns.
pub(super) fn write(
    out: &mut Vec<u8>,
    profile: &Profile,
    (columns, record): (&[Column], &Record),
) -> Result<(), Misfit> {
    for (index, column) in columns.iter().enumerate() {
        let value = match &column.text {
            Some(text) => text.as_str(),
            None => record.get(&column.field).map_or("", String::as_str),
        };
        let misfit = |must| Misfit { field: column.field, must };
        let bytes = encode(value, profile).map_err(misfit)?;
        match profile.separator {
            Some(separator) => {
                if value.contains(separator) {
                    return Err(misfit("not contain the separator"));
                }
                if index > 0 {
                    push(out, separator);
                }
                out.extend_from_slice(&bytes);
            }
            None => write_fixed(out, column, &bytes).map_err(misfit)?,
        }
    }
    if let (Some(separator), true) = (profile.separator, profile.separator_at_end) {
        push(out, separator);
    }
    out.extend_from_slice(match profile.line_end {
        LineEnd::Crlf => b"\r\n",
        LineEnd::Lf => b"\n",
    });
    Ok(())
}

/// Appends a line that says nothing to a machine.
pub(super) fn write_title(out: &mut Vec<u8>, profile: &Profile, title: &str) {
    if let Ok(bytes) = encode(title, profile) {
        out.extend_from_slice(&bytes);
    }
    out.extend_from_slice(match profile.line_end {
        LineEnd::Crlf => b"\r\n",
        LineEnd::Lf => b"\n",
    });
}

/// A separator is ASCII, the same byte in every encoding.
fn push(out: &mut Vec<u8>, separator: char) {
    out.extend_from_slice(separator.encode_utf8(&mut [0; 4]).as_bytes());
}

fn write_fixed(out: &mut Vec<u8>, column: &Column, bytes: &[u8]) -> Result<(), &'static str> {
    let width = column.width.unwrap_or(bytes.len());
    let Some(fill) = width.checked_sub(bytes.len()) else {
        return Err("fit the width of its column in bytes");
    };
    let filler = column.pad_left.unwrap_or(' ');
    let filler = u8::try_from(u32::from(filler)).unwrap_or(b' ');
    let filling = std::iter::repeat_n(filler, fill);
    if column.pad_left.is_some() {
        out.extend(filling);
        out.extend_from_slice(bytes);
    } else {
        out.extend_from_slice(bytes);
        out.extend(filling);
    }
    Ok(())
}

/// Encodes a value; a character that the encoding lacks is replaced only by the profile's choice,
/// never by `?` and never silently.
fn encode(value: &str, profile: &Profile) -> Result<Vec<u8>, &'static str> {
    if value.chars().any(char::is_control) {
        return Err("have no line breaks or control characters");
    }
    let encoding = match profile.encoding {
        Encoding::Utf8 => return Ok(value.as_bytes().to_vec()),
        Encoding::Gbk => encoding_rs::GBK,
        Encoding::Gb18030 => encoding_rs::GB18030,
    };
    let (bytes, _, lacking) = encoding.encode(value);
    if !lacking {
        return Ok(bytes.into_owned());
    }
    let Some(replacement) = profile.replacement else {
        return Err("have only characters of the bank's encoding");
    };
    let replaced: String = value
        .chars()
        .map(|c| {
            let (_, _, lacking) = encoding.encode(c.encode_utf8(&mut [0; 4]));
            if lacking { replacement } else { c }
        })
        .collect();
    let (bytes, _, lacking) = encoding.encode(&replaced);
    if lacking {
        Err("have only characters of the bank's encoding")
    } else {
        Ok(bytes.into_owned())
    }
}

/// Why bytes are not a line of the columns.
pub(super) enum Unreadable {
    Encoding,
    Columns(String),
}

/// Reads a line, without its end, into the values of the columns.
pub(super) fn read(
    bytes: &[u8],
    profile: &Profile,
    columns: &[Column],
) -> Result<Record, Unreadable> {
    let mut record = Record::new();
    match profile.separator {
        // A GBK character may contain the separator's byte, so text is decoded before it is cut.
        Some(separator) => {
            let text = decode(bytes, profile.encoding)?;
            let mut values: Vec<&str> = text.split(separator).collect();
            if values.len() == columns.len() + 1 && values.last().is_some_and(|v| is_blank(v)) {
                values.pop();
            }
            if values.len() != columns.len() {
                let expected = format!("{} columns, but there are {}", columns.len(), values.len());
                return Err(Unreadable::Columns(expected));
            }
            for (column, value) in columns.iter().zip(values) {
                record.insert(column.field, trimmed(value).to_owned());
            }
        }
        // Widths count bytes, so bytes are cut before they are decoded.
        None => {
            let mut rest = bytes;
            for (index, column) in columns.iter().enumerate() {
                let mut width = column.width.unwrap_or(0);
                // Some banks cut the spaces at a line's end.
                if index + 1 == columns.len() && column.pad_left.is_none() {
                    width = width.min(rest.len());
                }
                let Some((value, after)) = rest.split_at_checked(width) else {
                    let whole: usize = columns.iter().filter_map(|column| column.width).sum();
                    let expected = format!("{whole} bytes, but there are {}", bytes.len());
                    return Err(Unreadable::Columns(expected));
                };
                let text = decode(value, profile.encoding)?;
                record.insert(column.field, trimmed(&text).to_owned());
                rest = after;
            }
            if !is_blank(&decode(rest, profile.encoding)?) {
                return Err(Unreadable::Columns("no more bytes after the last column".to_owned()));
            }
        }
    }
    Ok(record)
}

fn decode(bytes: &[u8], encoding: Encoding) -> Result<String, Unreadable> {
    let encoding = match encoding {
        Encoding::Utf8 => encoding_rs::UTF_8,
        // GB 18030 contains GBK, and some banks that say GBK send it.
        Encoding::Gbk | Encoding::Gb18030 => encoding_rs::GB18030,
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(std::borrow::Cow::into_owned).ok_or(Unreadable::Encoding)
}

/// Spaces, full-width spaces and tabs around a value are filling.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\u{3000}', '\t', '\r'])
}

fn is_blank(text: &str) -> bool {
    trimmed(text).is_empty()
}
