//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a structured-field string that
//! names one write, so that a repeated call is answered and not done again.
//!
//! A key belongs to the bank that sent it and is kept with the hash of its request and the answer
//! for [`KEPT_DAYS`] days.

use sfv::{BareItem, Item, Parser};

use super::problem::{Problem, ProblemCode};

/// How long a key and its answer are kept.
pub const KEPT_DAYS: i32 = 7;
/// The longest key.
pub const LENGTH_MAX: usize = 64;

/// One write's name, 1 to [`LENGTH_MAX`] printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the header's value: `"8e03978e-40d5-43e8-bc93-6894a57f9324"`, with its quotes.
    ///
    /// # Errors
    /// [`ProblemCode::IdempotencyKeyRequired`] without a header,
    /// [`ProblemCode::IdempotencyKeyMalformed`] for anything but a quoted string.
    pub fn parse(header: Option<&str>) -> Result<Self, Problem> {
        let header = header.ok_or_else(|| ProblemCode::IdempotencyKeyRequired.problem())?;
        let item: Option<Item> = Parser::new(header).parse().ok();
        match item {
            Some(Item { bare_item: BareItem::String(key), params }) if params.is_empty() => {
                let key = key.as_str();
                if (1..=LENGTH_MAX).contains(&key.len()) {
                    return Ok(Self(key.to_owned()));
                }
            }
            _ => {}
        }
        Err(ProblemCode::IdempotencyKeyMalformed
            .because(format!("Idempotency-Key is a quoted string of 1 to {LENGTH_MAX} characters")))
    }

    /// The key without its quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_quoted_string_and_nothing_else() {
        let key = IdempotencyKey::parse(Some("\"8e03978e-40d5-43e8-bc93-6894a57f9324\""));
        assert_eq!(key.unwrap().as_str(), "8e03978e-40d5-43e8-bc93-6894a57f9324");
        let code = |header| IdempotencyKey::parse(header).err().map(|problem| problem.code);
        assert_eq!(code(None), Some(ProblemCode::IdempotencyKeyRequired));
        let long = format!("\"{}\"", "k".repeat(LENGTH_MAX + 1));
        for header in
            ["", "8e03978e", "\"\"", "\"a", "\"a\" \"b\"", "\"a\";b=1", "1", "\"键\"", &long]
        {
            assert_eq!(code(Some(header)), Some(ProblemCode::IdempotencyKeyMalformed), "{header}");
        }
    }
}
