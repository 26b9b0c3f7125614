//! 报价号: a quote that needs no row. Its number holds what was quoted, sealed with a secret, so
//! that a dues query writes nothing and a changed number is noticed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use insurance::ids::PersonId;
use ring::hmac;
use units::{Fen, Timestamp};

use super::content::Content;

/// What a quote promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// Whose dues.
    pub person: PersonId,
    /// Their sum.
    pub total: Fen,
    /// Until when, to the second.
    pub expires_at: Timestamp,
    /// Which dues exactly.
    pub dues: Content,
}

/// The secret behind quote numbers; the same on every node of a city.
pub struct QuoteSeal(hmac::Key);

/// Person, total, expiry in seconds: 8 bytes each; then as many bytes of the dues' content and of
/// the seal.
const FIELDS: usize = 24;
const CONTENT: usize = 16;
const SEAL: usize = 16;

impl QuoteSeal {
    /// A seal of a secret of at least 32 random bytes.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The number of a quote to a bank, 75 letters.
    #[must_use]
    pub fn seal(&self, bank: &str, quoted: &Quoted) -> String {
        let mut bytes = Vec::with_capacity(FIELDS + CONTENT + SEAL);
        bytes.extend(quoted.person.get().to_be_bytes());
        bytes.extend(quoted.total.fen().to_be_bytes());
        bytes.extend(quoted.expires_at.seconds().to_be_bytes());
        bytes.extend(short(quoted.dues));
        let seal = self.tag(bank, &bytes);
        bytes.extend(seal);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a quote promised to this bank, or `None` for a number that was never given to it.
    #[must_use]
    pub fn open(&self, bank: &str, number: &str) -> Option<Opened> {
        let bytes = URL_SAFE_NO_PAD.decode(number).ok()?;
        let (fields, seal) = bytes.split_at_checked(FIELDS + CONTENT)?;
        if seal.len() != SEAL || !same(&self.tag(bank, fields), seal) {
            return None;
        }
        let integer = |at: usize| {
            fields.get(at..at + 8).and_then(|part| part.try_into().ok()).map(i64::from_be_bytes)
        };
        Some(Opened {
            person: PersonId::from_i64(integer(0)?),
            total: Fen::new(integer(8)?).ok()?,
            expires_at: Timestamp::from_micros(integer(16)?.checked_mul(1_000_000)?).ok()?,
            dues: fields.get(FIELDS..)?.try_into().ok()?,
        })
    }

    fn tag(&self, bank: &str, fields: &[u8]) -> [u8; SEAL] {
        let message = [bank.as_bytes(), &[0], fields].concat();
        let tag = hmac::sign(&self.0, &message);
        *tag.as_ref().first_chunk().expect("HMAC-SHA256 has 32 bytes")
    }
}

/// A quote's number, opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Whose dues.
    pub person: PersonId,
    /// Their sum.
    pub total: Fen,
    /// Until when.
    pub expires_at: Timestamp,
    dues: [u8; CONTENT],
}

impl Opened {
    /// Whether these are the dues that were quoted.
    #[must_use]
    pub fn is_of(&self, dues: Content) -> bool {
        self.dues == short(dues)
    }
}

fn short(content: Content) -> [u8; CONTENT] {
    *content.bytes().first_chunk().expect("SHA-256 has 32 bytes")
}

/// Compares without telling by its time where the first difference is.
fn same(left: &[u8; SEAL], right: &[u8]) -> bool {
    right.len() == SEAL && left.iter().zip(right).fold(0, |sum, (l, r)| sum | (l ^ r)) == 0
}

impl std::fmt::Debug for QuoteSeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QuoteSeal(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_opens_for_its_bank_and_no_changed_number_opens() {
        let seal = QuoteSeal::new(&[7; 32]);
        let dues = Content::of(&[b"2026-11 pension"]);
        let quoted = Quoted {
            person: PersonId::from_i64(1_907_432_998_715_392_001),
            total: "1376.12".parse().unwrap(),
            expires_at: "2026-11-24T11:04:56+08:00".parse().unwrap(),
            dues,
        };
        let number = seal.seal("ccb", &quoted);
        assert_eq!(number.len(), 75);
        let opened = seal.open("ccb", &number).unwrap();
        assert_eq!((opened.person, opened.total), (quoted.person, quoted.total));
        assert_eq!(opened.expires_at, quoted.expires_at);
        assert!(opened.is_of(dues) && !opened.is_of(Content::of(&[])));

        assert_eq!(seal.open("icbc", &number), None);
        assert_eq!(QuoteSeal::new(&[8; 32]).open("ccb", &number), None);
        for at in 0..number.len() {
            let mut changed = number.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(changed == number || seal.open("ccb", &changed).is_none(), "{at}");
        }
        for bad in ["", "A", "1907432998715392001", &"A".repeat(75), "报价"] {
            assert_eq!(seal.open("ccb", bad), None);
        }
    }
}
