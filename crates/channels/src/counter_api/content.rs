//! SHA-256 of what a call says: the same call again has the same content, another one has not.

use std::fmt;

use ring::digest::{Context, SHA256};

/// SHA-256 of what a call says.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Content([u8; 32]);

impl Content {
    /// The content of parts, each told apart from the next by its length.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut context = Context::new(&SHA256);
        for part in parts {
            let length = u64::try_from(part.len()).expect("a part fits in memory");
            context.update(&length.to_be_bytes());
            context.update(part);
        }
        Self(*context.finish().as_ref().first_chunk().expect("SHA-256 has 32 bytes"))
    }

    /// The content of a file: plain SHA-256, as other programs compute it.
    #[must_use]
    pub fn of_file(bytes: &[u8]) -> Self {
        let digest = ring::digest::digest(&SHA256, bytes);
        Self(*digest.as_ref().first_chunk().expect("SHA-256 has 32 bytes"))
    }

    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads the hexadecimal form.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// Hexadecimal, 64 letters.
impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_reads_back_from_its_hexadecimal_form() {
        let content = Content::of(&[b"a", b"b"]);
        assert_eq!(Content::from_hex(&content.to_string()), Some(content));
        assert_ne!(content, Content::of(&[b"ab", b""]), "parts do not run together");
        assert_eq!(
            Content::of_file(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        for bad in ["", "zz", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(Content::from_hex(bad), None);
        }
    }
}
