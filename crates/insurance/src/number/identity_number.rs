//! 公民身份号码: the citizen identity number of GB 11643-1999, which is also a person's social
//! security number (社会保障号码, Social Insurance Law article 58).
//!
//! Eighteen characters: six for the division of first registration, eight for the day of birth,
//! three in sequence (the last of them odd for a man), one check character. The division is never
//! looked up: divisions are merged and renamed, the number stays for life, and residence permits
//! of Hong Kong, Macao and Taiwan residents (81, 82, 83) and the new permanent residence cards of
//! foreigners (9) have divisions of their own.

use std::fmt;

use units::Date;

use super::folding::{Ends, digit, fold, starred};

/// A checked identity number, 18 characters. Its `Debug` hides it and it has no `Display`:
/// whoever needs the number itself says so with [`IdentityNumber::as_str`].
///
/// ```
/// use insurance::identity_number::{IdentityNumber, Sex};
/// let today = "2026-11-24".parse().unwrap();
/// let number = IdentityNumber::parse(" 11010519491231002x", today).unwrap();
/// assert_eq!(number.as_str(), "11010519491231002X");
/// assert_eq!(number.born_on().to_string(), "1949-12-31");
/// assert_eq!(number.sex(), Sex::Female);
/// assert_eq!(number.masked(), "110***********002X");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityNumber {
    text: String,
    born_on: Date,
}

/// 性别, as the 17th digit tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Sex {
    Female,
    Male,
}

/// Why a text is not an identity number; in the order in which they are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum IdentityNumberRefusal {
    /// A first-generation number, void since 2013-01-01.
    #[error("an identity number has 18 characters; the old 15-digit numbers are void since 2013")]
    MustNotBeFirstGeneration,
    /// Not 18 characters.
    #[error("an identity number has 18 characters")]
    MustHaveEighteenCharacters,
    /// Something else than digits, or X before the end.
    #[error("an identity number has 17 digits and then a digit or X")]
    MustBeDigitsThenDigitOrX,
    /// The calendar does not have the day of birth.
    #[error("characters 7 to 14 of an identity number must be a day of the calendar")]
    BirthMustBeACalendarDay,
    /// The last character does not follow from the others.
    #[error("the check character of the identity number is wrong; one of its digits is mistyped")]
    CheckCharacterMustMatch,
    /// Born after today.
    #[error("the day of birth in the identity number must not be in the future")]
    BirthMustNotBeInTheFuture,
    /// Born more than 150 years ago.
    #[error("the day of birth in the identity number must be within the last 150 years")]
    BirthMustBeWithin150Years,
}

impl IdentityNumberRefusal {
    /// The sentence for the person, with the next step.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::MustNotBeFirstGeneration => {
                "15位旧身份证号码自2013年1月1日起停止使用，请填写18位公民身份号码。"
            }
            Self::MustHaveEighteenCharacters => "公民身份号码应为18位，请核对后重新填写。",
            Self::MustBeDigitsThenDigitOrX => {
                "公民身份号码前17位应为数字，末位应为数字或X，请核对后重新填写。"
            }
            Self::BirthMustBeACalendarDay => "公民身份号码中的出生日期不存在，请核对第7至14位。",
            Self::CheckCharacterMustMatch => {
                "公民身份号码校验不符，可能有一位填错，请核对后重新填写。"
            }
            Self::BirthMustNotBeInTheFuture => {
                "公民身份号码中的出生日期晚于今天，请核对第7至14位。"
            }
            Self::BirthMustBeWithin150Years => {
                "公民身份号码中的出生日期早于150年前，请核对第7至14位。"
            }
        }
    }
}

const LENGTH: usize = 18;
const WEIGHTS: [u32; LENGTH - 1] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: &[u8; 11] = b"10X98765432";
const AGE_YEARS_MAX: i32 = 150;

impl IdentityNumber {
    /// Reads a number as a person typed it: white space is dropped, full-width characters and a
    /// lower-case `x` are folded.
    ///
    /// # Errors
    /// The first [`IdentityNumberRefusal`] that applies, in the order of its variants.
    pub fn parse(text: &str, today: Date) -> Result<Self, IdentityNumberRefusal> {
        let number = Self::from_stored(text)?;
        if number.born_on > today {
            return Err(IdentityNumberRefusal::BirthMustNotBeInTheFuture);
        }
        if today.year() - number.born_on.year() > AGE_YEARS_MAX {
            return Err(IdentityNumberRefusal::BirthMustBeWithin150Years);
        }
        Ok(number)
    }

    /// Reads a number that was checked against the day when it first came in, so that no day is
    /// needed again: from our own tables.
    ///
    /// # Errors
    /// Every [`IdentityNumberRefusal`] that does not depend on the day.
    pub fn from_stored(text: &str) -> Result<Self, IdentityNumberRefusal> {
        let text = fold(text);
        let bytes = text.as_bytes();
        if bytes.len() == 15 && bytes.iter().all(u8::is_ascii_digit) {
            return Err(IdentityNumberRefusal::MustNotBeFirstGeneration);
        }
        let [payload @ .., check] = <&[u8; LENGTH]>::try_from(bytes)
            .map_err(|_| IdentityNumberRefusal::MustHaveEighteenCharacters)?;
        if !(check.is_ascii_digit() || *check == b'X') {
            return Err(IdentityNumberRefusal::MustBeDigitsThenDigitOrX);
        }
        let expected =
            check_character(payload).ok_or(IdentityNumberRefusal::MustBeDigitsThenDigitOrX)?;
        let born_on = birth(&text).ok_or(IdentityNumberRefusal::BirthMustBeACalendarDay)?;
        if expected != *check {
            return Err(IdentityNumberRefusal::CheckCharacterMustMatch);
        }
        Ok(Self { text, born_on })
    }

    /// The 18-character number of a first-generation (15-digit) number in an old record: the
    /// century 19 is inserted and the check character added. `None` when the text is no such
    /// number. A person at a desk shows an 18-character number; only imports of old records need
    /// this.
    #[must_use]
    pub fn upgrade_first_generation(text: &str) -> Option<Self> {
        let text = fold(text);
        if text.len() != 15 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (division, rest) = text.split_at_checked(6)?;
        let payload = format!("{division}19{rest}");
        let check = check_character(payload.as_bytes().first_chunk()?)?;
        Self::from_stored(&format!("{payload}{}", char::from(check))).ok()
    }

    /// The number itself. Never for logs; pages and messages show [`IdentityNumber::masked`].
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The number with its division and birth hidden: `110***********002X`.
    #[must_use]
    pub fn masked(&self) -> String {
        starred(&self.text, Ends { head: 3, tail: 4 })
    }

    /// The day of birth.
    #[must_use]
    pub fn born_on(&self) -> Date {
        self.born_on
    }

    /// The sex: an odd 17th digit is a man's.
    #[must_use]
    pub fn sex(&self) -> Sex {
        let sequence_end = self.text.as_bytes().get(16).copied().and_then(digit);
        match sequence_end.expect("the constructor checked 17 digits") % 2 {
            0 => Sex::Female,
            _ => Sex::Male,
        }
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityNumber(hidden)")
    }
}

/// The check character of the first 17 (ISO 7064 MOD 11-2): the digits times [`WEIGHTS`], summed,
/// modulo 11, looked up in `10X98765432`. `None` when one is no digit.
///
/// Example: 11010519491231002 sums to 167, and 167 mod 11 = 2, which is `X`.
fn check_character(payload: &[u8; LENGTH - 1]) -> Option<u8> {
    let mut sum = 0;
    for (byte, weight) in payload.iter().zip(WEIGHTS) {
        sum += digit(*byte)? * weight;
    }
    CHECK_CHARACTERS.get(usize::try_from(sum % 11).ok()?).copied()
}

fn birth(text: &str) -> Option<Date> {
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    Date::new(i32::try_from(part(6..10)?).ok()?, part(10..12)?, part(12..14)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<IdentityNumber, IdentityNumberRefusal> {
        IdentityNumber::parse(text, "2026-11-24".parse().unwrap())
    }

    #[test]
    fn refusals_come_in_the_order_in_which_a_person_meets_them() {
        use IdentityNumberRefusal as R;
        for (text, refusal) in [
            ("", R::MustHaveEighteenCharacters),
            ("110105491231002", R::MustNotBeFirstGeneration),
            ("11010519491231002", R::MustHaveEighteenCharacters),
            ("1101051949123100AX", R::MustBeDigitsThenDigitOrX),
            ("11010519491231002Y", R::MustBeDigitsThenDigitOrX),
            ("1101051949123X002X", R::MustBeDigitsThenDigitOrX),
            ("11010519491331002X", R::BirthMustBeACalendarDay),
            ("32010219900230001X", R::BirthMustBeACalendarDay),
            ("320102190002290017", R::BirthMustBeACalendarDay),
            ("110105194912310021", R::CheckCharacterMustMatch),
            ("320102199001010011", R::CheckCharacterMustMatch),
            ("32010220300101001X", R::BirthMustNotBeInTheFuture),
        ] {
            assert_eq!(parse(text), Err(refusal), "{text}");
            assert!(refusal.chinese().ends_with('。'));
        }
    }

    #[test]
    fn the_day_of_birth_may_be_today_but_not_tomorrow() {
        let born = |text: &str| IdentityNumber::parse("320102199001010010", text.parse().unwrap());
        assert!(born("1990-01-01").is_ok());
        assert_eq!(born("1989-12-31"), Err(IdentityNumberRefusal::BirthMustNotBeInTheFuture));
        assert!(born("2140-12-31").is_ok());
        assert_eq!(born("2141-01-01"), Err(IdentityNumberRefusal::BirthMustBeWithin150Years));
    }

    #[test]
    fn one_mistyped_digit_is_always_noticed() {
        let valid = "320102199001010010";
        for at in 0..17 {
            for wrong in '0'..='9' {
                let mut typed: Vec<char> = valid.chars().collect();
                if typed[at] != wrong {
                    typed[at] = wrong;
                    assert!(parse(&typed.iter().collect::<String>()).is_err(), "{typed:?}");
                }
            }
        }
    }

    #[test]
    fn debug_output_does_not_show_the_number() {
        let number = parse("11010519491231002X").unwrap();
        assert_eq!(format!("{number:?}"), "IdentityNumber(hidden)");
        assert_eq!(number.masked(), "110***********002X");
    }
}
