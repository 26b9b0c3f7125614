//! A second implementation of what a month costs, from the packs' texts to the fen, in exact
//! 128-bit fractions. It shares nothing with the crate but the TOML parser: it is slow, plain, and
//! written from `docs/adding-a-city.md`, so that the two agree only where both are right.

use std::collections::BTreeMap;

use policy::shipped;
use toml::{Table, Value};

/// What somebody is told who asks what a month costs. Money in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Base, amount, and what of it goes to the account.
    Charged(i128, i128, i128),
    /// The code of the refusal.
    Refused(&'static str),
}

/// The values of a pack and those under it, by topic, in the order of their weight.
pub(crate) struct Books(BTreeMap<String, Vec<Entry>>);

/// One `[[topic]]`, days as `YYYYMMDD`.
struct Entry {
    layer: usize,
    from: i64,
    until: Option<i64>,
    published: i64,
    reverts: bool,
    value: Value,
}

/// A branch's law in one month.
pub(crate) enum Law {
    /// It can't be asked for.
    Closed(&'static str),
    /// The bases, and what is charged on them.
    Open(Bases, Vec<Part>),
}

/// Which bases are allowed, in fen.
#[derive(Clone, Debug)]
pub(crate) enum Bases {
    Tiers(Vec<i128>),
    Range { floor: i128, cap: i128, clamps: bool },
    Fixed(i128),
}

/// A component: a rate as a fraction with its rounding, or a sum.
pub(crate) enum Part {
    Rate { rate: (i128, i128), account: (i128, i128), unit: i128, mode: String },
    Sum(i128),
}

impl Books {
    pub(crate) fn of(pack: &str) -> Self {
        let mut names = vec![pack.to_owned()];
        while let Some(under) = over(names.last().expect("a pack at least")) {
            names.push(under);
        }
        let mut topics: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for (layer, name) in names.iter().rev().enumerate() {
            for (path, text) in shipped::files(name).expect("a shipped pack") {
                let is_law = path.ends_with(".toml") && !path.contains('/');
                if !is_law || path == "pack.toml" || path == "instruments.toml" {
                    continue;
                }
                for (topic, entries) in text.parse::<Table>().expect("a readable file") {
                    let Value::Array(entries) = entries else { continue };
                    let entries = entries.iter().map(|entry| Entry::of(layer, entry));
                    topics.entry(topic).or_default().extend(entries);
                }
            }
        }
        for entries in topics.values_mut() {
            entries.sort_by_key(|entry| (entry.layer, entry.from, entry.published));
        }
        Self(topics)
    }

    /// The value of a topic on a day as known on another: the last begun that has not ended; one
    /// that has ended gives way to those before it only if it says that it reverts.
    fn find(&self, topic: &str, day: i64, known: i64) -> Option<&Value> {
        let mut found = None;
        for entry in self.0.get(topic)? {
            if entry.from > day || entry.published > known {
                continue;
            }
            if entry.until.is_none_or(|until| until >= day) {
                found = Some(&entry.value);
            } else if !entry.reverts {
                found = None;
            }
        }
        found
    }

    /// The law of a branch in the month that begins on a day.
    pub(crate) fn law(&self, branch: &str, day: i64, known: i64) -> Law {
        let Some(open) = self.find("open_branches", day, known) else {
            return Law::Closed("not_encoded");
        };
        let open = open["open"].as_array().expect("a list");
        if !open.iter().any(|word| word.as_str() == Some(branch)) {
            return Law::Closed("branch_must_be_open");
        }
        let bases = self.bases(branch, day, known);
        match (bases, self.find(&format!("{branch}_charge"), day, known)) {
            (Some(bases), Some(charge)) => {
                let parts = charge.as_array().expect("a list of components");
                Law::Open(bases, parts.iter().map(Part::of).collect())
            }
            _ => Law::Closed("not_encoded"),
        }
    }

    fn bases(&self, branch: &str, day: i64, known: i64) -> Option<Bases> {
        let value = self.find(&format!("{branch}_base"), day, known)?;
        let (kind, inner) = value.as_table().expect("a base").iter().next().expect("its kind");
        Some(match kind.as_str() {
            "tiers" => Bases::Tiers(inner.as_array().expect("a list").iter().map(fen).collect()),
            "range" => Bases::Range {
                floor: fen(&inner["floor"]),
                cap: fen(&inner["cap"]),
                clamps: inner["outside"].as_str() == Some("clamp"),
            },
            "fixed" => Bases::Fixed(fen(inner)),
            "nothing" => Bases::Fixed(0),
            "same_as" => self.bases(inner.as_str().expect("a branch"), day, known)?,
            "floor_of" => {
                let other = self.bases(inner.as_str().expect("a branch"), day, known)?;
                Bases::Fixed(other.ends().0)
            }
            other => panic!("a kind of base that the oracle does not know: {other}"),
        })
    }
}

impl Bases {
    /// The least and the greatest.
    pub(crate) fn ends(&self) -> (i128, i128) {
        match self {
            Self::Tiers(tiers) => (tiers[0], tiers[tiers.len() - 1]),
            Self::Range { floor, cap, .. } => (*floor, *cap),
            Self::Fixed(base) => (*base, *base),
        }
    }

    fn of(&self, chosen: i128) -> Result<i128, &'static str> {
        let (floor, cap) = self.ends();
        match self {
            Self::Fixed(base) => Ok(*base),
            Self::Range { clamps: true, .. } => Ok(chosen.max(floor).min(cap)),
            _ if chosen < floor => Err("base_must_reach_floor"),
            _ if chosen > cap => Err("base_must_not_exceed_cap"),
            Self::Tiers(tiers) if !tiers.contains(&chosen) => Err("base_must_be_tier"),
            _ => Ok(chosen),
        }
    }
}

impl Law {
    pub(crate) fn charge(&self, chosen: i128) -> Answer {
        let (bases, parts) = match self {
            Self::Closed(code) => return Answer::Refused(code),
            Self::Open(bases, parts) => (bases, parts),
        };
        let base = match bases.of(chosen) {
            Ok(base) => base,
            Err(code) => return Answer::Refused(code),
        };
        let (mut amount, mut account) = (0, 0);
        for part in parts {
            match part {
                Part::Sum(sum) => amount += sum,
                Part::Rate { rate, account: share, unit, mode } => {
                    let whole = rounded((base * rate.0, rate.1), *unit, mode);
                    amount += whole;
                    account += rounded((base * share.0, share.1), 1, "half_up").min(whole);
                }
            }
        }
        Answer::Charged(base, amount, account)
    }
}

/// A fraction of fen to whole units.
fn rounded((numerator, denominator): (i128, i128), unit: i128, mode: &str) -> i128 {
    let step = denominator * unit;
    let (whole, rest) = (numerator / step, numerator % step);
    let up = match mode {
        "up" => rest > 0,
        "half_up" => rest * 2 >= step,
        "down" => false,
        other => panic!("a mode that the oracle does not know: {other}"),
    };
    (whole + i128::from(up)) * unit
}

impl Entry {
    fn of(layer: usize, entry: &Value) -> Self {
        let day = |key: &str| {
            let day = entry.get(key)?.as_datetime()?.date?;
            Some(i64::from(day.year) * 10_000 + i64::from(day.month) * 100 + i64::from(day.day))
        };
        Self {
            layer,
            from: day("from").expect("a first day"),
            until: day("until"),
            published: day("published").expect("a day of publication"),
            reverts: entry.get("reverts").and_then(Value::as_bool).unwrap_or(false),
            value: entry["value"].clone(),
        }
    }
}

impl Part {
    fn of(part: &Value) -> Self {
        if let Some(sum) = part.get("sum") {
            return Self::Sum(fen(sum));
        }
        let rate = |key: &str| part.get(key).and_then(Value::as_str).map(fraction);
        Self::Rate {
            rate: rate("rate").expect("a rate"),
            account: rate("account").unwrap_or((0, 1)),
            unit: fen(&part["round"]["unit"]),
            mode: part["round"]["mode"].as_str().expect("a mode").to_owned(),
        }
    }
}

fn over(pack: &str) -> Option<String> {
    let files = shipped::files(pack).expect("a shipped pack");
    let (_, about) = files.iter().find(|(path, _)| path == "pack.toml").expect("pack.toml");
    let about: Table = about.parse().expect("a readable file");
    about.get("over").map(|name| name.as_str().expect("a name").to_owned())
}

/// Yuan as text or whole number, in fen.
fn fen(value: &Value) -> i128 {
    match value {
        Value::Integer(yuan) => i128::from(*yuan) * 100,
        Value::String(text) => {
            let (numerator, denominator) = fraction(text);
            assert_eq!(numerator * 100 % denominator, 0, "whole fen");
            numerator * 100 / denominator
        }
        other => panic!("no money: {other}"),
    }
}

/// `2/3`, `8.75%` or `0.0875`.
fn fraction(text: &str) -> (i128, i128) {
    let whole = |digits: &str| digits.parse::<i128>().expect("digits");
    if let Some((numerator, denominator)) = text.split_once('/') {
        return (whole(numerator), whole(denominator));
    }
    let (number, hundredth) = text.strip_suffix('%').map_or((text, 1), |number| (number, 100));
    let (integer, decimals) = number.split_once('.').unwrap_or((number, ""));
    let scale = decimals.chars().fold(1_i128, |scale, _| scale * 10);
    (whole(&format!("{integer}{decimals}")), scale * hundredth)
}
