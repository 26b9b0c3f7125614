//! A policy pack: one city's law as dated data, with the packs that it lies over.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use units::Date;

use crate::citation::{Citation, Instrument};
use crate::dated::Terms;
use crate::problem::{Place, Problem, Problems};
use crate::shipped;
use crate::text::Text;
use crate::topics::{Source, Topics, WrittenTopics};

/// One city's law, compiled from its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    name: String,
    about: About,
    version: String,
    checked_on: Option<Date>,
    topics: Topics,
    instruments: Vec<Instrument>,
    cases: Vec<(String, String)>,
}

/// What `pack.toml` says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The day on which the file was last compared with its sources.
    #[serde(deserialize_with = "crate::written::date")]
    pub checked_on: Date,
    /// The city's name.
    pub city: Text,
    /// The GB/T 2260 code of the city, such as `320100`.
    pub division: String,
    /// What the pack describes, in a sentence.
    pub about: Text,
    /// The pack that it lies over: what this pack does not say, that one says.
    #[serde(default)]
    pub over: Option<String>,
}

/// The file of a pack as its path below the pack's folder, and its text.
pub type PackFile = (String, String);

impl Pack {
    /// The shipped pack of a name, such as `nanjing`.
    ///
    /// `None` when no pack of that name is shipped.
    ///
    /// # Panics
    /// When a shipped pack can't be read; the tests read them all.
    #[must_use]
    pub fn shipped(name: &str) -> Option<Self> {
        let files = shipped::files(name)?;
        let pack = Self::read(name, &files).unwrap_or_else(|problems| panic!("{problems}"));
        Some(pack)
    }

    /// The pack of a name from its files; the packs under it are shipped ones.
    ///
    /// # Errors
    /// [`Problems`] with file and line when the files can't be read.
    pub fn read(name: &str, files: &[PackFile]) -> Result<Self, Problems> {
        let mut layers = vec![(name.to_owned(), files.to_vec())];
        let about = read_about(name, files)?;
        let mut under = about.over.clone();
        while let Some(name) = under {
            let Some(files) = shipped::files(&name).filter(|_| layers.len() < LAYERS_MAX) else {
                let message = format!("no pack \"{name}\" is shipped that this one could lie over");
                return Err(one_problem(&layers[0].0, "unknown_pack", message));
            };
            under = read_about(&name, &files)?.over;
            layers.push((name, files));
        }
        layers.reverse();
        Self::of_layers(name, about, &layers)
    }

    fn of_layers(
        name: &str,
        about: About,
        layers: &[(String, Vec<PackFile>)],
    ) -> Result<Self, Problems> {
        let mut pack = Self {
            name: name.to_owned(),
            about,
            version: version(layers),
            checked_on: None,
            topics: Topics::empty(name),
            instruments: Vec::new(),
            cases: Vec::new(),
        };
        let mut problems = Vec::new();
        for (layer, (layer_name, files)) in layers.iter().enumerate() {
            for (path, text) in files {
                let file = format!("{layer_name}/{path}");
                let source = Source { file: &file, text, layer };
                if let Err(problem) = pack.add(path, source) {
                    problems.push(problem);
                }
            }
        }
        // The pack's own documents are found before those of the packs under it.
        pack.instruments.reverse();
        problems.extend(pack.uncomputable());
        if problems.is_empty() { Ok(pack) } else { Err(Problems(problems)) }
    }

    fn add(&mut self, path: &str, source: Source<'_>) -> Result<(), Problem> {
        if path == "pack.toml" || !path.ends_with(".toml") {
            return Ok(());
        }
        if path.starts_with("cases/") {
            // The cases of the packs under it hold for those packs; an overlay changes the law.
            self.cases.retain(|(file, _)| file.split('/').next() == source.file.split('/').next());
            self.cases.push((source.file.to_owned(), source.text.to_owned()));
            return Ok(());
        }
        if path == "instruments.toml" {
            let written: Instruments = parse(source.file, source.text)?;
            self.instruments.extend(written.instrument);
        } else {
            let written: WrittenTopics = parse(source.file, source.text)?;
            // The oldest check counts: a pack is as fresh as its stalest file.
            let checked_on = written.checked_on;
            self.checked_on = Some(self.checked_on.map_or(checked_on, |on| on.min(checked_on)));
            self.topics.add(written, source);
        }
        Ok(())
    }

    /// The pack's name, such as `nanjing-2021`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The city, and what the pack describes.
    #[must_use]
    pub const fn about(&self) -> &About {
        &self.about
    }

    /// The exact content of the pack and of those under it: 32 hexadecimal digits of a SHA-256.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The day on which the least recently checked file was compared with its sources.
    #[must_use]
    pub const fn checked_on(&self) -> Option<Date> {
        self.checked_on
    }

    /// Every value of every topic.
    #[must_use]
    pub const fn topics(&self) -> &Topics {
        &self.topics
    }

    /// The documents that values cite.
    #[must_use]
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// The files of worked cases, as path and text.
    #[must_use]
    pub fn case_files(&self) -> &[(String, String)] {
        &self.cases
    }

    /// The citation of a value, with its document in full.
    #[must_use]
    pub fn citation(&self, terms: &Terms) -> Citation {
        let id = &terms.cite.instrument;
        let instrument = self.instruments.iter().find(|instrument| instrument.id == *id);
        let text = |part: fn(&Instrument) -> &String| instrument.map(part).cloned();
        Citation {
            topic: terms.topic,
            from: terms.from,
            published: terms.published,
            provisional: terms.provisional,
            place: terms.place.to_string(),
            number: text(|i| &i.number).unwrap_or_default(),
            title: text(|i| &i.title).unwrap_or_else(|| id.clone()),
            address: text(|i| &i.address).unwrap_or_default(),
            article: terms.cite.article.clone(),
            quote: terms.cite.quote.clone(),
            confidence: terms.cite.confidence,
            note: terms.note.clone(),
        }
    }
}

/// More layers than any city needs; ends a pack that lies over itself.
const LAYERS_MAX: usize = 8;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Instruments {
    #[expect(dead_code, reason = "a reader of the file wants to know it; the program does not")]
    #[serde(deserialize_with = "crate::written::date")]
    checked_on: Date,
    instrument: Vec<Instrument>,
}

fn read_about(name: &str, files: &[PackFile]) -> Result<About, Problems> {
    let Some((_, text)) = files.iter().find(|(path, _)| path == "pack.toml") else {
        let message = "the pack has no pack.toml; copy it from policies/_template".to_owned();
        return Err(one_problem(name, "missing", message));
    };
    parse(&format!("{name}/pack.toml"), text).map_err(|problem| Problems(vec![problem]))
}

fn one_problem(pack: &str, kind: &'static str, message: String) -> Problems {
    let place = Place { file: format!("{pack}/pack.toml"), line: 1 };
    Problems(vec![Problem { place, kind, message }])
}

/// Reads a TOML text; an error names the file and the line.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, Problem> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let kind = if error.message().contains("unknown field") {
            "unknown_key"
        } else if error.message().contains("missing field `cite`") {
            "uncited"
        } else if error.message().contains("missing field") {
            "missing"
        } else {
            "unreadable"
        };
        let message = error.message().to_owned();
        Problem { place: Place::at(file, text, start), kind, message }
    })
}

/// Worked cases and seals are not law: they don't change the version.
fn version(layers: &[(String, Vec<PackFile>)]) -> String {
    let mut hash = Sha256::new();
    for (name, files) in layers {
        let law = files.iter().filter(|(path, _)| path.ends_with(".toml"));
        for (path, text) in law.filter(|(path, _)| !path.starts_with("cases/")) {
            for part in [name, path, text] {
                hash.update(part.len().to_string());
                hash.update(":");
                hash.update(part);
            }
        }
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
