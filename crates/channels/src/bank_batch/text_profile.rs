//! Text files whose shape is each bank's own: the shape is data.
//!
//! No standard exists; every branch has its own file. A profile (`profiles/bank/*.toml`) says the
//! encoding, separator or widths in bytes, header, detail and trailer columns, whether money is in
//! fen or yuan, and what each result code means. A new bank is a new profile, not new code.
//!
//! Files in reading order: this one what a profile says, [`amount`] money in text, [`mod@line`] columns
//! to bytes and back, [`encoding_seen`] a file in another encoding than was agreed, [`request`] the
//! file out, [`result`] the file in.

use std::collections::BTreeMap;

use serde::Deserialize;

pub mod amount;
mod encoding_seen;
mod line;
pub mod request;
pub mod result;
#[cfg(test)]
mod traps;

/// How one bank's files look.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name, as the bank's entry in the pack says it.
    pub name: String,
    /// What it is modelled on, and where that was published.
    pub source: String,
    /// The encoding of the bytes.
    pub encoding: Encoding,
    /// How lines end in files that we write; files that we read may end them either way.
    pub line_end: LineEnd,
    /// The unit of amounts.
    pub unit: Unit,
    /// What separates columns; without it, columns have widths in bytes.
    pub separator: Option<char>,
    /// Whether a separator also ends a line that we write.
    #[serde(default)]
    pub separator_at_end: bool,
    /// What to write for a character that the encoding lacks; without it, the person is refused.
    pub replacement: Option<char>,
    /// How many details a file holds at most.
    pub details_max: u64,
    /// The file that we write.
    pub request: Shape,
    /// The file that we read.
    pub result: Shape,
    /// What each result code means.
    pub codes: BTreeMap<String, Meaning>,
}

/// The lines of a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Lines at the start that say nothing.
    #[serde(default)]
    pub titles: Vec<String>,
    /// The first line; empty for none.
    #[serde(default)]
    pub header: Vec<Column>,
    /// One line per debit.
    pub detail: Vec<Column>,
    /// The last line; empty for none.
    #[serde(default)]
    pub trailer: Vec<Column>,
}

/// One column of a line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What it holds.
    pub field: Field,
    /// The text of a constant column.
    pub text: Option<String>,
    /// Its width in bytes, in files without a separator.
    pub width: Option<usize>,
    /// What fills it on the left; without it, spaces fill it on the right.
    pub pad_left: Option<char>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A text that is always the same.
    Constant,
    /// Anything; empty in files that we write.
    Ignored,
    /// The number of our file.
    MessageId,
    /// The day of collection, `yyyymmdd`.
    CollectOn,
    /// The fund's account.
    CreditorAccount,
    /// The line's number, from 1.
    Serial,
    /// The end-to-end number: it alone says what a result is about, never the name.
    EndToEndId,
    /// The debtor's account.
    Account,
    /// The holder's name.
    Holder,
    /// The holder's identity number.
    IdentityNumber,
    /// The mandate's number.
    Mandate,
    /// The amount asked for.
    Amount,
    /// The amount really taken.
    Taken,
    /// The result code.
    Code,
    /// The bank's words.
    Words,
    /// The bank's own number for the booking.
    Reference,
    /// How many details.
    Count,
    /// Their amounts together.
    Sum,
    /// How many details were paid.
    PaidCount,
    /// The money taken together.
    PaidSum,
}

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// GBK, China's extension of GB 2312: it lacks rare characters of names.
    #[serde(rename = "GBK")]
    Gbk,
    /// GB 18030: every character.
    #[serde(rename = "GB18030")]
    Gb18030,
    /// UTF-8: every character.
    #[serde(rename = "UTF-8")]
    Utf8,
}

impl Encoding {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gbk => "GBK",
            Self::Gb18030 => "GB18030",
            Self::Utf8 => "UTF-8",
        }
    }
}

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum LineEnd {
    /// `\r\n`.
    #[serde(rename = "CRLF")]
    Crlf,
    /// `\n`.
    #[serde(rename = "LF")]
    Lf,
}

/// The unit of amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// `105523`.
    Fen,
    /// `1055.23`.
    Yuan,
}

/// What a result code means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// The money was taken.
    Paid,
    /// Not processed yet: neither paid nor refused.
    Pending,
    /// Refused, as this ISO code says.
    Refused(String),
}

/// A profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The text is not a profile.
    #[error("the profile must be TOML of the known shape")]
    Malformed(#[from] toml::de::Error),
    /// The profile says something impossible.
    #[error("profile {name}: {must}")]
    ShapeMustHold {
        /// Which profile.
        name: String,
        /// What it must do.
        must: &'static str,
    },
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// [`ProfileError`] when files of it could not be written or read without guessing.
    pub fn read(toml: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(toml)?;
        match profile.fault() {
            Some(must) => Err(ProfileError::ShapeMustHold { name: profile.name, must }),
            None => Ok(profile),
        }
    }

    /// The profiles that come with the program.
    ///
    /// # Panics
    /// Never: a test reads each.
    #[must_use]
    pub fn built_in() -> Vec<Self> {
        [
            include_str!("../../profiles/bank/pipe-gbk.toml"),
            include_str!("../../profiles/bank/fixed-gb18030.toml"),
            include_str!("../../profiles/bank/tilde-utf8.toml"),
        ]
        .map(|toml| Self::read(toml).expect("a profile of the program is right"))
        .into()
    }

    fn fault(&self) -> Option<&'static str> {
        let shapes = [&self.request, &self.result];
        let mut columns =
            shapes.into_iter().flat_map(|s| s.header.iter().chain(&s.detail).chain(&s.trailer));
        let fixed = self.separator.is_none();
        if fixed && columns.any(|column| column.width.is_none()) {
            return Some("without a separator every column must have a width");
        }
        if self.separator.is_some_and(|c| !c.is_ascii() || c.is_ascii_alphanumeric()) {
            return Some("the separator must be an ASCII sign");
        }
        let holds = |shape: &Shape, field| shape.detail.iter().any(|c| c.field == field);
        if shapes.into_iter().any(|shape| !holds(shape, Field::EndToEndId)) {
            return Some("details must hold the end-to-end number");
        }
        if !holds(&self.request, Field::Amount) || !holds(&self.result, Field::Code) {
            return Some("requests must hold the amount, results the code");
        }
        let totals = |shape: &Shape, field| {
            shape.header.iter().chain(&shape.trailer).any(|column| column.field == field)
        };
        if shapes.into_iter().any(|s| !totals(s, Field::Count) || !totals(s, Field::Sum)) {
            return Some("header or trailer must hold count and sum");
        }
        if self.details_max == 0 {
            return Some("a file must hold a detail");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_profiles_are_truly_different() {
        let profiles = Profile::built_in();
        assert_eq!(profiles.len(), 3);
        for (index, one) in profiles.iter().enumerate() {
            for other in profiles.get(index + 1..).unwrap_or_default() {
                assert_ne!(one.encoding, other.encoding);
                assert_ne!(one.separator, other.separator);
                assert_ne!(one.result, other.result);
            }
        }
        assert!(profiles.iter().any(|p| p.unit == Unit::Yuan));
        assert!(profiles.iter().any(|p| p.unit == Unit::Fen));
        assert!(profiles.iter().any(|p| p.request.header.is_empty()));
        assert!(profiles.iter().any(|p| p.request.trailer.is_empty()));
    }

    #[test]
    fn a_profile_that_would_make_us_guess_is_refused() {
        let right = include_str!("../../profiles/bank/fixed-gb18030.toml");
        for (from, to) in [
            ("field = \"end_to_end_id\", width = 35", "field = \"ignored\", width = 35"),
            ("field = \"sum\", width", "field = \"ignored\", width"),
            ("field = \"count\", width = 8", "field = \"count\""),
            ("details_max = 10000", "details_max = 0"),
            ("unit = \"fen\"", "unit = \"jiao\""),
            ("name =", "surprise = 1\nname ="),
        ] {
            let wrong = right.replacen(from, to, 1);
            assert_ne!(wrong, right, "{from}");
            assert!(Profile::read(&wrong).is_err(), "{from}");
        }
    }
}
