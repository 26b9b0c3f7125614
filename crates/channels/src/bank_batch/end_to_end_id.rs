//! The number that names one attempt at one due, there and back.
//!
//! A bank returns `EndToEndId` untouched, perhaps weeks later and in any order. So it carries the
//! whole key and nothing must be looked up to know what a result is about:
//!
//! ```text
//! 0001GKTRC5J03-202611-M0-2-X7
//! ───────────── ────── ── ─ ──
//!  person        month  │ │  check characters
//!  (base 32)            │ attempt, from 1
//!                       branch (P M U) and part of the due
//! ```
//!
//! At most 34 characters of `A–Z 0–9 -`, within ISO 20022's 35 and within the character set that
//! every bank accepts. The digits are Crockford's base 32 (no I, L, O, U). The check is the
//! weighted sum of the characters modulo 1021, the largest prime below 32², as two digits: it
//! catches any single wrong character and any swap of two.

use std::fmt;

use insurance::ids::PersonId;
use insurance::payment::DueKey;
use policy::Branch;
use units::Month;

/// One attempt at one due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndToEndId {
    /// Which due.
    pub due: DueKey,
    /// Which attempt at it, from 1; a new attempt has a new number.
    pub attempt: u16,
}

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PERSON_DIGITS: usize = 13;
const CHECK_MODULUS: u32 = 1021;

impl EndToEndId {
    /// Reads a number that a bank returned; `None` when it is none of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (body, check) = text.rsplit_once('-')?;
        if text.len() > 35 || check_characters(body).as_slice() != check.as_bytes() {
            return None;
        }
        let mut parts = body.split('-');
        let (person, month, due, attempt) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let branch = match due.get(..1)? {
            "P" => Branch::Pension,
            "M" => Branch::Medical,
            "U" => Branch::Unemployment,
            _ => return None,
        };
        let due = DueKey {
            person: PersonId::from_i64(person_number(person)?),
            month: Month::from_yyyymm(month.parse().ok()?).ok()?,
            branch,
            part: due.get(1..)?.parse().ok()?,
        };
        let id = Self { due, attempt: attempt.parse().ok().filter(|attempt| *attempt > 0)? };
        // One attempt has one spelling: `+1`, `01` or a fifth part are none of ours.
        (id.to_string() == text).then_some(id)
    }
}

impl fmt::Display for EndToEndId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let branch = match self.due.branch {
            Branch::Pension => 'P',
            Branch::Medical => 'M',
            Branch::Unemployment => 'U',
        };
        let mut person = [b'0'; PERSON_DIGITS];
        let mut rest = self.due.person.get().unsigned_abs();
        for place in person.iter_mut().rev() {
            *place = digit(u32::try_from(rest % 32).unwrap_or(0));
            rest /= 32;
        }
        let body = format!(
            "{}-{:06}-{branch}{}-{}",
            std::str::from_utf8(&person).unwrap_or_default(),
            self.due.month.yyyymm(),
            self.due.part,
            self.attempt
        );
        let check = check_characters(&body);
        write!(f, "{body}-{}", std::str::from_utf8(&check).unwrap_or_default())
    }
}

fn digit(value: u32) -> u8 {
    let index = usize::try_from(value % 32).unwrap_or(0);
    DIGITS.get(index).copied().unwrap_or(b'0')
}

fn person_number(text: &str) -> Option<i64> {
    if text.len() != PERSON_DIGITS {
        return None;
    }
    let number = text.bytes().try_fold(0_i64, |number, byte| {
        let value = DIGITS.iter().position(|digit| *digit == byte)?;
        number.checked_mul(32)?.checked_add(i64::try_from(value).ok()?)
    })?;
    (number > 0).then_some(number)
}

fn check_characters(body: &str) -> [u8; 2] {
    let sum = (2_u32..)
        .zip(body.bytes())
        .fold(0, |sum, (weight, byte)| (sum + weight * u32::from(byte)) % CHECK_MODULUS);
    [digit(sum / 32), digit(sum % 32)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_id() -> impl Strategy<Value = EndToEndId> {
        (1..=i64::MAX, 190_001..=999_912_i64, 0..3_usize, any::<u8>(), 1..=u16::MAX)
            .prop_filter_map("a month", |(person, month, branch, part, attempt)| {
                let due = DueKey {
                    person: PersonId::from_i64(person),
                    month: Month::from_yyyymm(month).ok()?,
                    branch: Branch::ALL[branch],
                    part,
                };
                Some(EndToEndId { due, attempt })
            })
    }

    proptest! {
        #[test]
        fn a_number_comes_back_as_the_same_attempt(id in any_id()) {
            let text = id.to_string();
            prop_assert!(text.len() <= 34, "{text}");
            prop_assert_eq!(EndToEndId::parse(&text), Some(id));
        }

        #[test]
        fn a_wrong_character_or_a_swap_makes_it_unknown(
            id in any_id(), at in 0..30_usize, other in "[0-9A-Z-]",
        ) {
            let text = id.to_string();
            let at = at % text.len();
            let mut wrong = text.clone().into_bytes();
            wrong[at] = other.as_bytes()[0];
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert!(wrong == text || EndToEndId::parse(&wrong).is_none());
            let mut swapped = text.clone().into_bytes();
            let next = (at + 1) % swapped.len();
            swapped.swap(at, next);
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert!(swapped == text || EndToEndId::parse(&swapped).is_none());
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,40}") {
            let read = EndToEndId::parse(&text);
            prop_assert!(read.is_none_or(|id| id.to_string() == text));
        }
    }

    #[test]
    fn numbers_of_other_systems_are_unknown() {
        for text in ["", "NOTPROVIDED", "FE202611-00000001-PEN-1", "---", "-", "一二三"] {
            assert_eq!(EndToEndId::parse(text), None, "{text}");
        }
    }
}
