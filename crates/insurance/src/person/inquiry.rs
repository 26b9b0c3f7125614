//! 自助查询: who may see a person's bills without signing in, how often somebody may guess, and how
//! long the answer may be looked at.
//!
//! The proof is four fields: card, name, identity number and a verification code. An answer says
//! that they fit together, or that they don't; never which one is wrong.

use units::Timestamp;

use super::Person;
use crate::identity_number::IdentityNumber;
use crate::social_security_card::SocialSecurityCard;

/// A verification code is good for so long. Whoever needs longer takes a new one, as often as they
/// like: codes of up to three minutes must be renewable.
pub const CODE_SECONDS: i64 = 180;
/// How many digits a verification code has.
pub const CODE_DIGITS: usize = 4;
/// An inquiry that nobody uses for so long has ended.
pub const IDLE_SECONDS: i64 = 10 * 60;
/// No inquiry is longer: half an hour of an order, and the time to decide.
pub const INQUIRY_SECONDS_MAX: i64 = 45 * 60;

/// By what answers are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuessBy {
    /// One browser: somebody who tries.
    Browser,
    /// One identity number, whoever gives it, whether or not anybody has it.
    Identity,
    /// One network address. Many phones share one, so it bears more.
    Address,
}

impl GuessBy {
    /// Every way of counting.
    pub const ALL: [Self; 3] = [Self::Browser, Self::Identity, Self::Address];

    /// How many wrong answers are heard before the next is not.
    #[must_use]
    pub const fn guesses_max(self) -> i64 {
        match self {
            Self::Browser | Self::Identity => 5,
            Self::Address => 60,
        }
    }

    /// How long answers are counted together, from the first.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Browser => 15 * 60,
            Self::Identity | Self::Address => 60 * 60,
        }
    }

    /// The word that is hashed before what is counted.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Identity => "identity",
            Self::Address => "address",
        }
    }
}

/// Until when no further answer is heard, from what was counted by each; `None` when this one is.
///
/// ```
/// use insurance::person::inquiry::{GuessBy, wait_until};
/// let ends_at = "2026-11-24T10:15:00+08:00".parse().unwrap();
/// assert_eq!(wait_until(&[(GuessBy::Browser, 5, ends_at)]), None);
/// assert_eq!(wait_until(&[(GuessBy::Browser, 6, ends_at)]), Some(ends_at));
/// ```
#[must_use]
pub fn wait_until(counted: &[(GuessBy, i64, Timestamp)]) -> Option<Timestamp> {
    counted
        .iter()
        .filter(|(by, guesses, _)| *guesses > by.guesses_max())
        .map(|(_, _, ends_at)| *ends_at)
        .max()
}

/// The three fields that are compared with the register; the code is another matter.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    /// 社会保障卡卡号.
    pub card: SocialSecurityCard,
    /// The name as typed.
    pub name: String,
    /// 公民身份号码.
    pub identity: IdentityNumber,
}

/// Shows nothing: all three are personal.
impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof(hidden)")
    }
}

impl Proof {
    /// Whether the fields are those of a person. All three are always compared, each to its end.
    #[must_use]
    pub fn fits(&self, person: &Person) -> bool {
        let card = person.card.as_ref().map_or("", SocialSecurityCard::as_str);
        let same = [
            is_same(&folded_name(&self.name), &folded_name(&person.name)),
            is_same(self.card.as_str(), card),
            is_same(self.identity.as_str(), person.identity.as_str()),
        ];
        same.iter().fold(true, |all, one| all & one)
    }
}

/// A name as it is compared: without space, with one kind of dot between its parts, in capitals.
///
/// ```
/// use insurance::person::inquiry::folded_name;
/// assert_eq!(folded_name("阿依古丽・买买提 "), folded_name("阿依古丽·买买提"));
/// ```
#[must_use]
pub fn folded_name(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if matches!(c, '•' | '・' | '‧' | '．' | '.' | '●') { '·' } else { c })
        .flat_map(char::to_uppercase)
        .collect()
}

/// Compares to the end, so that the time says nothing of where two texts differ.
fn is_same(left: &str, right: &str) -> bool {
    let differ = left.bytes().zip(right.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    (left.len() == right.len()) & (differ == 0)
}

/// Whether an inquiry that began and was last used then may still be used.
#[must_use]
pub fn lives(started_at: Timestamp, seen_at: Timestamp, now: Timestamp) -> bool {
    now < seen_at.plus_seconds(IDLE_SECONDS) && now < started_at.plus_seconds(INQUIRY_SECONDS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cause::Cause;
    use crate::ids::{PersonId, RunId};

    fn at(time: &str) -> Timestamp {
        format!("2026-11-24T{time}+08:00").parse().unwrap()
    }

    fn person() -> Person {
        Person {
            id: PersonId::from_i64(1),
            identity: identity("320104198503151233"),
            name: "张三".to_owned(),
            card: Some(SocialSecurityCard::parse("A12345678").unwrap()),
            phone: None,
            household: None,
            notices_since: None,
            registered_on: at("10:00:00").date_in_shanghai(),
            cause: Cause::Run(RunId::from_i64(1)),
        }
    }

    fn identity(text: &str) -> IdentityNumber {
        IdentityNumber::parse(text, at("10:00:00").date_in_shanghai()).unwrap()
    }

    #[test]
    fn all_three_fields_must_be_the_person_s() {
        let right = Proof {
            card: SocialSecurityCard::parse("a 1234 5678").unwrap(),
            name: " 张 三".to_owned(),
            identity: identity("320104198503151233"),
        };
        assert!(right.fits(&person()));
        let card = SocialSecurityCard::parse("A12345679").unwrap();
        assert!(!Proof { card, ..right.clone() }.fits(&person()));
        assert!(!Proof { name: "张".to_owned(), ..right.clone() }.fits(&person()));
        assert!(
            !Proof { identity: identity("320102199001014513"), ..right.clone() }.fits(&person())
        );
        assert!(!right.fits(&Person { card: None, ..person() }));
    }

    #[test]
    fn the_longest_of_several_waits_counts() {
        let (soon, late) = (at("10:15:00"), at("11:00:00"));
        let counted = [(GuessBy::Browser, 6, soon), (GuessBy::Identity, 9, late)];
        assert_eq!(wait_until(&counted), Some(late));
        assert_eq!(wait_until(&[(GuessBy::Address, 60, late)]), None);
        assert_eq!(wait_until(&[(GuessBy::Address, 61, late)]), Some(late));
    }

    #[test]
    fn an_inquiry_ends_when_nobody_uses_it_and_after_three_quarters_of_an_hour() {
        let start = at("10:00:00");
        assert!(lives(start, start, at("10:09:59")));
        assert!(!lives(start, start, at("10:10:00")));
        assert!(lives(start, at("10:40:00"), at("10:44:59")));
        assert!(!lives(start, at("10:44:59"), at("10:45:00")));
    }
}
