//! 文件(文号): the documents behind the values of a pack, and how a value cites them.

use serde::{Deserialize, Serialize};
use units::Date;

use crate::text::Text;
use crate::written;

/// How sure we are that a value is the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Confidence {
    /// Read in one secondary page, inferred, or a default of the platform; to be confirmed.
    #[serde(rename = "L")]
    Low,
    /// Read in secondary sources that agree.
    #[serde(rename = "M")]
    Medium,
    /// Read in the official text, or in a quotation of it with its official address.
    #[serde(rename = "H")]
    High,
}

impl Confidence {
    /// The letter that packs write: `H`, `M`, `L`.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Low => "L",
            Self::Medium => "M",
            Self::High => "H",
        }
    }
}

/// A document (文件): a law, a notice, or the page where a value was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// The short name by which values cite it.
    pub id: String,
    /// 文号, such as `苏人社发〔2025〕33号`; empty when it has none.
    #[serde(default)]
    pub number: String,
    /// Its title, or what the page is.
    pub title: String,
    /// Where it can be read.
    pub address: String,
    /// The day it was issued, where known.
    #[serde(
        default,
        deserialize_with = "written::some_date",
        skip_serializing_if = "Option::is_none"
    )]
    pub issued_on: Option<Date>,
    /// The last day of its validity, where it says one.
    #[serde(
        default,
        deserialize_with = "written::some_date",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_on: Option<Date>,
}

/// How a value names its source in the pack's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cite {
    /// The [`Instrument::id`].
    pub instrument: String,
    /// The article or paragraph; empty when the document has none.
    #[serde(default)]
    pub article: String,
    /// The words relied on, or how the value follows from what the document says.
    pub quote: String,
    /// How sure we are.
    pub confidence: Confidence,
}

/// A citation as people read it: the value's terms and the document in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Citation {
    /// Which topic of the pack, such as `pension_base`.
    pub topic: &'static str,
    /// The first day for which the value holds.
    pub from: Date,
    /// The day on which the value became known.
    pub published: Date,
    /// Whether the value holds only until a final one is published.
    pub provisional: bool,
    /// The file and line of the pack that hold the value.
    pub place: String,
    /// 文号, or empty.
    pub number: String,
    /// The document's title.
    pub title: String,
    /// Where the document can be read.
    pub address: String,
    /// The article.
    pub article: String,
    /// The words relied on.
    pub quote: String,
    /// How sure we are.
    pub confidence: Confidence,
    /// What a specialist should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Citation {
    /// One line for pages and terminals: `苏人社发〔2025〕33号 《…》 一、 (2025-01-01 起)`.
    #[must_use]
    pub fn line(&self) -> Text {
        let source = match (self.number.as_str(), self.article.as_str()) {
            ("", "") => format!("《{}》", self.title),
            ("", article) => format!("《{}》{article}", self.title),
            (number, "") => format!("{number}《{}》", self.title),
            (number, article) => format!("{number}《{}》{article}", self.title),
        };
        let (zh, en) = if self.provisional { ("，暂按", ", provisional") } else { ("", "") };
        Text::made(
            format!("{source}（自{}起{zh}）", self.from),
            format!("{source} (from {}{en})", self.from),
        )
    }
}
