//! 社会保障卡卡号: the number on the face of a social security card.
//!
//! It has no public check digit and no national length: nine letters or digits in many cities,
//! longer on older citizen cards. So it is an opaque text that must equal the one on file.

use std::fmt;

use super::folding::{Ends, fold, starred};

/// A card number, 6 to 20 upper-case letters or digits. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocialSecurityCard(String);

/// The text is not a card number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a social security card number has 6 to 20 letters or digits")]
pub struct NotSocialSecurityCard;

impl NotSocialSecurityCard {
    /// The sentence for the person, with the next step.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        "社会保障卡卡号应为6至20位字母或数字，请按卡面填写。"
    }
}

impl SocialSecurityCard {
    /// Reads a card number as a person typed it: white space is dropped, full-width characters
    /// and lower-case letters are folded.
    ///
    /// # Errors
    /// [`NotSocialSecurityCard`].
    pub fn parse(text: &str) -> Result<Self, NotSocialSecurityCard> {
        let text = fold(text);
        let shape = (6..=20).contains(&text.len());
        if shape && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(text))
        } else {
            Err(NotSocialSecurityCard)
        }
    }

    /// The number itself, never for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with all but its last four characters hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        starred(&self.0, Ends { head: 0, tail: 4 })
    }
}

impl fmt::Debug for SocialSecurityCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SocialSecurityCard(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_of_every_city_pass_and_other_text_does_not() {
        for (typed, read) in [
            ("548426015", "548426015"),
            ("a12345678", "A12345678"),
            ("Ａ１２３ ４５６７８", "A12345678"),
            ("00001234", "00001234"),
        ] {
            assert_eq!(SocialSecurityCard::parse(typed).unwrap().as_str(), read);
        }
        for typed in ["", "12345", "123456789012345678901", "12345-678", "南京12345678"] {
            assert_eq!(SocialSecurityCard::parse(typed), Err(NotSocialSecurityCard), "{typed}");
        }
    }

    #[test]
    fn debug_output_does_not_show_the_number() {
        let card = SocialSecurityCard::parse("A12345678").unwrap();
        assert_eq!(format!("{card:?}"), "SocialSecurityCard(hidden)");
        assert_eq!(card.masked(), "*****5678");
    }
}
