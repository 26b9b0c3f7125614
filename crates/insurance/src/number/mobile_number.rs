//! 手机号码: a mobile number of mainland China, where notices are sent.

use std::fmt;

use super::folding::{Ends, fold, starred};

/// A mobile number: 11 digits, the first 1, the second 3 to 9. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MobileNumber(String);

/// The text is not a mobile number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mobile number has 11 digits and begins with 13 to 19")]
pub struct NotMobileNumber;

impl NotMobileNumber {
    /// The sentence for the person, with the next step.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        "手机号码应为11位数字并以13至19开头，请核对后重新填写。"
    }
}

impl MobileNumber {
    /// Reads a number as a person typed it: white space, hyphens and the country code `+86` are
    /// dropped, full-width digits are folded.
    ///
    /// # Errors
    /// [`NotMobileNumber`].
    pub fn parse(text: &str) -> Result<Self, NotMobileNumber> {
        let text = fold(text).replace('-', "");
        let number = text.strip_prefix("+86").unwrap_or(&text);
        match number.as_bytes() {
            [b'1', b'3'..=b'9', rest @ ..]
                if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit) =>
            {
                Ok(Self(number.to_owned()))
            }
            _ => Err(NotMobileNumber),
        }
    }

    /// The number itself, never for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with its middle hidden: `138****5678`.
    #[must_use]
    pub fn masked(&self) -> String {
        starred(&self.0, Ends { head: 3, tail: 4 })
    }
}

impl fmt::Debug for MobileNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MobileNumber(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_type_them_read_the_same() {
        for typed in
            ["13812345678", "+86 138-1234-5678", "１３８１２３４５６７８", " 138 1234 5678 "]
        {
            let number = MobileNumber::parse(typed).unwrap();
            assert_eq!(number.as_str(), "13812345678");
            assert_eq!(number.masked(), "138****5678");
            assert_eq!(format!("{number:?}"), "MobileNumber(hidden)");
        }
    }

    #[test]
    fn other_numbers_are_refused() {
        for typed in ["", "12812345678", "1381234567", "138123456789", "02583190000", "1381234567x"]
        {
            assert_eq!(MobileNumber::parse(typed), Err(NotMobileNumber), "{typed}");
        }
    }
}
