//! Dated values: what held on a day, as it was known on another day.

use serde::Deserialize;
use units::Date;

use crate::citation::Cite;
use crate::problem::Place;
use crate::written;

/// When a value holds, since when it is known, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The topic that the value belongs to, such as `pension_base`.
    pub topic: &'static str,
    /// The first day for which it holds.
    pub from: Date,
    /// The last day for which it holds; without it, it holds until the next value begins.
    pub until: Option<Date>,
    /// The day on which it became known.
    pub published: Date,
    /// Whether it holds only until a final value is published.
    pub provisional: bool,
    /// Whether the value before it holds again after `until`: a temporary cut.
    pub reverts: bool,
    /// The earlier line that this one corrects; that line stays readable.
    pub corrects: Option<Corrects>,
    /// The source.
    pub cite: Cite,
    /// What a specialist should know.
    pub note: Option<String>,
    /// Where in the pack it is written.
    pub place: Place,
    /// 0 for the lowest layer (national), higher for the packs over it.
    pub layer: usize,
}

/// Which earlier line a correction replaces, and why.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrects {
    /// The `from` of the line that was wrong.
    #[serde(deserialize_with = "written::date")]
    pub from: Date,
    /// The `published` of the line that was wrong.
    #[serde(deserialize_with = "written::date")]
    pub published: Date,
    /// What was wrong.
    pub reason: String,
}

/// One value with its terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated<T> {
    /// When it holds and why.
    pub terms: Terms,
    /// The value.
    pub value: T,
}

/// One value as a file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written<T> {
    #[serde(deserialize_with = "written::date")]
    pub(crate) from: Date,
    #[serde(default, deserialize_with = "written::some_date")]
    pub(crate) until: Option<Date>,
    #[serde(deserialize_with = "written::date")]
    pub(crate) published: Date,
    #[serde(default)]
    pub(crate) provisional: bool,
    #[serde(default)]
    pub(crate) reverts: bool,
    pub(crate) corrects: Option<Corrects>,
    pub(crate) value: T,
    pub(crate) cite: Cite,
    pub(crate) note: Option<String>,
}

/// No value of the pack covers the day; nothing is guessed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policy pack {pack} has no value of {topic} for {date}{}", self.hint())]
pub struct NotEncoded {
    /// The pack's name.
    pub pack: String,
    /// The topic, such as `pension_base`.
    pub topic: &'static str,
    /// The day asked for.
    pub date: Date,
    /// The first day that any value covers.
    pub first: Option<Date>,
    /// The last day that any value covers, where there is one.
    pub last: Option<Date>,
}

impl NotEncoded {
    fn hint(&self) -> String {
        match (self.first, self.last) {
            (None, _) => "; it encodes none at all".to_owned(),
            (Some(first), None) => format!("; it begins on {first}"),
            (Some(first), Some(last)) => format!("; it covers {first} to {last}"),
        }
    }
}

/// Every value of a topic, in the order of layer, first day and day of publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline<T> {
    pack: String,
    topic: &'static str,
    entries: Vec<Dated<T>>,
}

impl<T> Timeline<T> {
    pub(crate) const fn empty(pack: String, topic: &'static str) -> Self {
        Self { pack, topic, entries: Vec::new() }
    }

    pub(crate) fn push(&mut self, entry: Dated<T>) {
        let key = |terms: &Terms| (terms.layer, terms.from, terms.published);
        let at = self.entries.partition_point(|held| key(&held.terms) <= key(&entry.terms));
        self.entries.insert(at, entry);
    }

    /// Every value, past, corrected and future ones too.
    #[must_use]
    pub fn entries(&self) -> &[Dated<T>] {
        &self.entries
    }

    /// The value for `date`, as it was known on `known_on`.
    ///
    /// The highest layer wins, then the latest first day, then the latest publication. A value
    /// that has ended is not continued, unless it was a temporary cut that reverts.
    ///
    /// # Errors
    /// [`NotEncoded`] when no value covers the day.
    pub fn on(&self, date: Date, known_on: Date) -> Result<&Dated<T>, NotEncoded> {
        let begun = self
            .entries
            .iter()
            .rev()
            .filter(|entry| entry.terms.from <= date && entry.terms.published <= known_on);
        for entry in begun {
            if entry.terms.until.is_none_or(|until| date <= until) {
                return Ok(entry);
            }
            if !entry.terms.reverts {
                break;
            }
        }
        Err(self.not_encoded(date))
    }

    /// The value for `date` as it was known on the eve of that day; where none was known yet, the
    /// first that became known since, up to `known_on`.
    ///
    /// # Errors
    /// [`NotEncoded`] when no value covers the day.
    pub fn when_begun(&self, date: Date, known_on: Date) -> Result<&Dated<T>, NotEncoded> {
        let eve = date.plus_days(-1).unwrap_or(date).min(known_on);
        let published = self.entries.iter().map(|entry| entry.terms.published);
        let mut days: Vec<_> = published.filter(|day| *day > eve && *day <= known_on).collect();
        days.push(eve);
        days.sort_unstable();
        let known = days.into_iter().find_map(|day| self.on(date, day).ok());
        known.ok_or_else(|| self.not_encoded(date))
    }

    fn not_encoded(&self, date: Date) -> NotEncoded {
        let ends = self.entries.iter().map(|entry| entry.terms.until);
        let last = ends.collect::<Option<Vec<_>>>().and_then(|ends| ends.into_iter().max());
        NotEncoded {
            pack: self.pack.clone(),
            topic: self.topic,
            date,
            first: self.entries.iter().map(|entry| entry.terms.from).min(),
            last,
        }
    }
}
