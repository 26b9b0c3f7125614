//! 银行账号: the card or account that a bank withholds from.
//!
//! Bank cards end with a Luhn check digit (ISO/IEC 7812-1); passbooks and older accounts do not.
//! So the check only warns: a mistyped card is asked about, and an account without the check digit
//! is still accepted.

use std::fmt;

use super::folding::{Ends, digit, fold, starred};

/// A card or account number, 8 to 32 digits. Its `Debug` hides it.
///
/// ```
/// use insurance::bank_card::BankCard;
/// let card = BankCard::parse("6217 0012 3456 7890 122").unwrap();
/// assert!(card.passes_luhn());
/// assert_eq!(card.masked(), "***************0122");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BankCard(String);

/// The text is not a card or account number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a bank card or account number has 8 to 32 digits")]
pub struct NotBankCard;

impl NotBankCard {
    /// The sentence for the person, with the next step.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        "银行卡号或账号应为8至32位数字，请核对后重新填写。"
    }
}

impl BankCard {
    /// Reads a number as a person typed it: white space is dropped, full-width digits are folded.
    ///
    /// # Errors
    /// [`NotBankCard`].
    pub fn parse(text: &str) -> Result<Self, NotBankCard> {
        let text = fold(text);
        let shape = (8..=32).contains(&text.len());
        if shape && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(NotBankCard)
        }
    }

    /// The number itself, never for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with all but its last four digits hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        starred(&self.0, Ends { head: 0, tail: 4 })
    }

    /// Whether the last digit is the Luhn check digit of the others. When it isn't, ask the
    /// person to look again; never refuse for it.
    #[must_use]
    pub fn passes_luhn(&self) -> bool {
        let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
        let sum: u32 = self
            .0
            .bytes()
            .rev()
            .filter_map(digit)
            .enumerate()
            .map(|(from_end, digit)| if from_end % 2 == 1 { doubled(digit) } else { digit })
            .sum();
        sum.is_multiple_of(10)
    }
}

impl fmt::Debug for BankCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BankCard(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_without_a_check_digit_is_accepted_with_a_warning() {
        let account = BankCard::parse("32001594138059000001").unwrap();
        assert!(!account.passes_luhn());
    }

    #[test]
    fn text_that_is_no_number_is_refused() {
        for typed in ["", "1234567", "6217001234567890122a", "6217-0012-3456-7890", &"1".repeat(33)]
        {
            assert_eq!(BankCard::parse(typed), Err(NotBankCard), "{typed}");
        }
    }

    #[test]
    fn debug_output_does_not_show_the_number() {
        let card = BankCard::parse("6217001234567890122").unwrap();
        assert_eq!(format!("{card:?}"), "BankCard(hidden)");
    }
}
