//! 统一社会信用代码: the unified social credit code of an employer or agency (GB 32100-2015).

use std::fmt;

use super::folding::fold;

/// A checked credit code, 18 characters. It is public, so it prints.
///
/// ```
/// use insurance::credit_code::CreditCode;
/// let code = CreditCode::parse("91350100M000100Y43").unwrap();
/// assert_eq!(code.organisation_code(), "M000100Y4");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

/// Why a text is not a credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeRefusal {
    /// Not 18 characters.
    #[error("a unified social credit code has 18 characters")]
    MustHaveEighteenCharacters,
    /// A character outside the code's alphabet.
    #[error("a unified social credit code has digits and capital letters, but no I, O, S, V or Z")]
    MustUseItsAlphabet,
    /// The last character does not follow from the others.
    #[error("the check character of the unified social credit code is wrong")]
    CheckCharacterMustMatch,
}

const LENGTH: usize = 18;
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

impl CreditCode {
    /// Reads a code as a person typed it: white space is dropped, full-width characters and
    /// lower-case letters are folded.
    ///
    /// The check character: each of the first 17 characters' place in the alphabet times
    /// 3^(i-1) mod 31, summed; 31 minus the sum modulo 31, modulo 31. Example:
    /// 91350100M000100Y4 sums to 1640, 1640 mod 31 = 28, 31 - 28 = 3.
    ///
    /// # Errors
    /// [`CreditCodeRefusal`].
    pub fn parse(text: &str) -> Result<Self, CreditCodeRefusal> {
        let text = fold(text);
        if text.chars().count() != LENGTH {
            return Err(CreditCodeRefusal::MustHaveEighteenCharacters);
        }
        let (mut weight, mut sum, mut check) = (1, 0, 0);
        for (at, c) in text.chars().enumerate() {
            let value = ALPHABET.find(c).ok_or(CreditCodeRefusal::MustUseItsAlphabet)?;
            if at < LENGTH - 1 {
                sum += value * weight;
                weight = weight * 3 % 31;
            } else {
                check = value;
            }
        }
        if (sum + check).is_multiple_of(31) {
            Ok(Self(text))
        } else {
            Err(CreditCodeRefusal::CheckCharacterMustMatch)
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 组织机构代码: characters 9 to 17. Its own check character is not a condition, since codes
    /// exist that were issued without it; [`organisation_code_holds`] tells.
    #[must_use]
    pub fn organisation_code(&self) -> &str {
        self.0.get(8..17).expect("the constructor checked 18 characters")
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Whether the last of the nine characters of an organisation code (GB 11714-1997) follows from
/// the others: values (A is 10, Z is 35) times 3 7 9 10 5 8 4 2, summed; 11 minus the sum modulo
/// 11, where 10 is `X` and 11 is `0`. Example: D2143569X sums to 199, 199 mod 11 = 1, `X`.
#[must_use]
pub fn organisation_code_holds(code: &str) -> bool {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let Some((payload, check)) = code.split_at_checked(8) else { return false };
    let value = |c: char| c.to_digit(36).filter(|_| !c.is_ascii_lowercase());
    let mut sum = 0;
    for (c, weight) in payload.chars().zip(WEIGHTS) {
        match value(c) {
            Some(value) => sum += value * weight,
            None => return false,
        }
    }
    match 11 - sum % 11 {
        10 => check == "X",
        11 => check == "0",
        digit => check == digit.to_string(),
    }
}
