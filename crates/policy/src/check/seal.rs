//! Seals: a value that has come into force is never edited.
//!
//! `pack.seals` holds a line for each value: topic, first day, publication, and a hash of what it
//! says (not of its citation or note, which may be improved). A sealed value that says something
//! else, or is gone, is a problem; a correction is a new value with `corrects`.

use sha2::{Digest, Sha256};
use units::Date;

use crate::pack::PackFile;
use crate::problem::{Place, Problem};

/// The file that holds the seals.
pub const FILE: &str = "pack.seals";

struct Sealed {
    key: String,
    digest: String,
    from: Option<Date>,
    place: Place,
}

/// The lines of `pack.seals` that values in force on `today` still need, to be added to the file.
///
/// # Errors
/// The problems that must be solved first: a value that was edited or is gone.
pub fn missing(name: &str, files: &[PackFile], today: Date) -> Result<Vec<String>, Vec<Problem>> {
    let found = problems(name, files, today);
    let broken: Vec<_> = found.into_iter().filter(|problem| problem.kind != "unsealed").collect();
    if !broken.is_empty() {
        return Err(broken);
    }
    let sealed = seals(name, files);
    let values = values(name, files);
    let open = values.iter().filter(|value| {
        value.from.is_some_and(|from| from <= today)
            && sealed.iter().all(|seal| seal.key != value.key)
    });
    Ok(open.map(|value| format!("{} {}", value.key, value.digest)).collect())
}

pub(super) fn problems(name: &str, files: &[PackFile], today: Date) -> Vec<Problem> {
    let (sealed, values) = (seals(name, files), values(name, files));
    let mut found = Vec::new();
    for seal in &sealed {
        match values.iter().find(|value| value.key == seal.key) {
            Some(value) if value.digest == seal.digest => {}
            Some(value) => found.push(Problem {
                place: value.place.clone(),
                kind: "edited",
                message: format!(
                    "{} was edited after it came into force; put the old value back and add a new one with corrects = {{ from, published, reason }}",
                    value.key
                ),
            }),
            None => found.push(Problem {
                place: seal.place.clone(),
                kind: "removed",
                message: format!("{} is sealed but no longer in the pack; put it back", seal.key),
            }),
        }
    }
    for value in values {
        let in_force = value.from.is_some_and(|from| from <= today);
        if in_force && sealed.iter().all(|seal| seal.key != value.key) {
            found.push(Problem {
                place: value.place,
                kind: "unsealed",
                message: format!(
                    "{} is in force but not sealed; when a second person has read it, run shebao policy seal",
                    value.key
                ),
            });
        }
    }
    found
}

fn seals(name: &str, files: &[PackFile]) -> Vec<Sealed> {
    let text = files.iter().find(|(path, _)| path == FILE).map_or("", |(_, text)| text);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
    lines
        .filter_map(|(index, line)| {
            let (key, digest) = line.rsplit_once(' ')?;
            let place = Place { file: format!("{name}/{FILE}"), line: index + 1 };
            Some(Sealed { key: key.to_owned(), digest: digest.to_owned(), from: None, place })
        })
        .collect()
}

fn values(name: &str, files: &[PackFile]) -> Vec<Sealed> {
    let law = files.iter().filter(|(path, _)| {
        path.ends_with(".toml") && !path.contains('/') && path != "instruments.toml"
    });
    let mut found = Vec::new();
    for (path, text) in law {
        let Ok(table) = text.parse::<toml::Table>() else { continue };
        for (topic, list) in &table {
            let entries = list.as_array().map_or(&[][..], Vec::as_slice);
            let entries = entries.iter().filter_map(toml::Value::as_table);
            let headers = header_lines(text, topic);
            for (entry, line) in entries.zip(headers) {
                let day = |key: &str| entry.get(key).map(ToString::to_string).unwrap_or_default();
                found.push(Sealed {
                    key: format!("{topic} {} {}", day("from"), day("published")),
                    digest: digest(entry),
                    from: day("from").parse().ok(),
                    place: Place { file: format!("{name}/{path}"), line },
                });
            }
        }
    }
    found
}

/// The lines that begin an entry of a topic, in order.
fn header_lines(text: &str, topic: &str) -> Vec<usize> {
    let header = format!("[[{topic}]]");
    let lines = text.lines().enumerate().filter(|(_, line)| line.trim() == header);
    lines.map(|(index, _)| index + 1).collect()
}

fn digest(entry: &toml::Table) -> String {
    let says = ["from", "until", "published", "provisional", "reverts", "value"];
    let parts = says.map(|key| entry.get(key).map(canonical).unwrap_or_default());
    let hash = Sha256::digest(parts.join(";"));
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// One spelling for each value, whatever its order of keys and its spaces.
fn canonical(value: &toml::Value) -> String {
    match value {
        toml::Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        toml::Value::Table(table) => {
            let mut pairs: Vec<_> =
                table.iter().map(|(key, value)| format!("{key}={}", canonical(value))).collect();
            pairs.sort();
            format!("{{{}}}", pairs.join(","))
        }
        toml::Value::String(text) => format!("{text:?}"),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(truth) => truth.to_string(),
        toml::Value::Datetime(day) => day.to_string(),
        toml::Value::Float(number) => number.to_string(),
    }
}
