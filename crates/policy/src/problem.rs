//! What is wrong in a pack, and where.

use std::fmt;

use serde::Serialize;

/// A place in a pack: file and line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// The file's path below `policies/`, such as `nanjing/bases.toml`.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

impl Place {
    /// The place of a byte of a text.
    pub(crate) fn at(file: &str, text: &str, byte: usize) -> Self {
        let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
        Self { file: file.to_owned(), line: 1 + before.split(|b| *b == b'\n').count() - 1 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Something wrong in a pack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// A stable word for the kind of problem, such as `overlap`.
    pub kind: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place, self.kind, self.message)
    }
}

/// The problems that kept a pack from being read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy pack can't be read:{}", self.lines())]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    fn lines(&self) -> String {
        self.0.iter().map(|problem| format!("\n  {problem}")).collect()
    }
}
