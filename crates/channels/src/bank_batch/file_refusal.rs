//! Why a whole file from a bank is refused.

/// A file that breaks a rule is refused whole: nothing of it is booked, and the bank engineer is
/// told where and why. It never carries a value from the file, which could be personal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, element {element}: {rule}")]
pub struct FileRefusal {
    /// The line, from 1, at which the reader stood.
    pub line: u64,
    /// The path of the element, or the column of a text file; empty before the first.
    pub element: String,
    /// The rule that is broken.
    pub rule: FileRule,
}

/// A rule that a file must keep; the name states the requirement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileRule {
    /// The limit protects memory and disk against a hostile or runaway file.
    #[error("the file must be at most {limit_bytes} bytes; ask the bank to cut it")]
    SizeMustBeWithin {
        /// The limit.
        limit_bytes: u64,
    },
    /// Deep nesting is an attack, never a bank message.
    #[error("elements must be nested at most {limit} deep")]
    DepthMustBeWithin {
        /// The limit.
        limit: usize,
    },
    /// One text longer than any field of the message.
    #[error("a text must be at most {limit_bytes} bytes")]
    TextMustBeWithin {
        /// The limit.
        limit_bytes: usize,
    },
    /// A DTD can pull in other files and expand without end.
    #[error("a document type declaration must not appear")]
    DocumentTypeMustBeAbsent,
    /// Only `&amp; &lt; &gt; &quot; &apos;` and character references are read.
    #[error("only the five predefined entities may appear")]
    EntityMustBePredefined,
    /// The bytes are not in the encoding that was agreed.
    #[error("the file must be encoded in {encoding}")]
    EncodingMustBe {
        /// The agreed encoding.
        encoding: &'static str,
    },
    /// The XML grammar is broken.
    #[error("the XML must be well-formed: {detail}")]
    XmlMustBeWellFormed {
        /// What the parser found, without values.
        detail: String,
    },
    /// The root's namespace is no message that is read here.
    #[error("the message must be one of {accepted}")]
    MessageMustBeKnown {
        /// The messages read here.
        accepted: String,
    },
    /// The message's ISO schema says otherwise.
    #[error("the schema must be kept: {detail}")]
    SchemaMustBeKept {
        /// What the schema expects.
        detail: String,
    },
    /// An element that we cannot do without, though the schema can.
    #[error("{name} must be there")]
    ElementMustBePresent {
        /// Its name.
        name: &'static str,
    },
    /// Money is CNY with at most two decimals, below 92 quadrillion yuan.
    #[error("an amount must be a whole number of fen")]
    AmountMustBeWholeFen,
    /// Social insurance is collected in yuan only.
    #[error("the currency must be CNY")]
    CurrencyMustBeCny,
    /// A count that the file claims differs from what it holds or what we sent.
    #[error("{what} must be {expected}, but the file says {claimed}")]
    CountMustMatch {
        /// Which count.
        what: &'static str,
        /// What it must be.
        expected: u64,
        /// What the file claims.
        claimed: u64,
    },
    /// A sum that the file claims differs from what it holds or what we sent.
    #[error("{what} must be {expected} yuan, but the file says {claimed}")]
    SumMustMatch {
        /// Which sum.
        what: &'static str,
        /// What it must be.
        expected: units::Fen,
        /// What the file claims.
        claimed: units::Fen,
    },
    /// A line of a text file, or a field of it, has another shape than the profile's.
    #[error("the bank's format must be kept: {detail}")]
    FormatMustBeKept {
        /// What the profile expects.
        detail: String,
    },
}

/// A file could not be read: refused by a rule, or the disk or network failed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A rule says no; reading again gives the same answer.
    #[error(transparent)]
    Refused(#[from] FileRefusal),
    /// Outside trouble; reading again may help.
    #[error("the bank's file could not be read")]
    Failed(#[from] std::io::Error),
}

impl ReadError {
    /// The refusal, when it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&FileRefusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Failed(_) => None,
        }
    }
}
