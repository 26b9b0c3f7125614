//! 支付系统行号: the 12-digit number of a bank or branch in China's payment systems (CNAPS).

use std::fmt;

use super::folding::{digit, fold};

/// A checked bank number, 12 digits. It is public, so it prints.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CnapsBankNumber(String);

/// Why a text is not a bank number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CnapsBankNumberRefusal {
    /// Not 12 digits.
    #[error("a payment-system bank number has 12 digits")]
    MustBeTwelveDigits,
    /// The last digit does not follow from the others.
    #[error("the check digit of the bank number is wrong")]
    CheckDigitMustMatch,
}

impl CnapsBankNumber {
    /// Reads a bank number as a person typed it: white space is dropped, full-width digits are
    /// folded. The last digit is the check of ISO 7064 MOD 11,10: starting from 10, each digit is
    /// added modulo 10 (0 counts as 10) and the result doubled modulo 11; with the check digit
    /// added it must be 1 modulo 10.
    ///
    /// # Errors
    /// [`CnapsBankNumberRefusal`].
    pub fn parse(text: &str) -> Result<Self, CnapsBankNumberRefusal> {
        let text = fold(text);
        let digits: Option<Vec<u32>> = text.bytes().map(digit).collect();
        let digits = digits.filter(|digits| digits.len() == 12);
        let digits = digits.ok_or(CnapsBankNumberRefusal::MustBeTwelveDigits)?;
        let (check, payload) =
            digits.split_last().ok_or(CnapsBankNumberRefusal::MustBeTwelveDigits)?;
        let product = payload.iter().fold(10, |product, digit| {
            let sum = (product + digit) % 10;
            if sum == 0 { 20 % 11 } else { sum * 2 % 11 }
        });
        if (product + check) % 10 == 1 {
            Ok(Self(text))
        } else {
            Err(CnapsBankNumberRefusal::CheckDigitMustMatch)
        }
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CnapsBankNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
