//! Why somebody can't join: the sentences that a clerk reads out, each with the next step.

use policy::{NotEncoded, Refusal, Text};
use units::Month;

use crate::city::City;
use crate::sign_mandate::MandateRefusal;
use crate::spoken;

/// Why somebody can't join like this; each sentence can be read out to the person.
#[derive(Debug, thiserror::Error)]
pub enum EnrolRefusal {
    /// One person, one live enrolment, anywhere in the city.
    #[error(
        "this identity number is insured already at {office} since {from}; change that enrolment, \
         or stop it first"
    )]
    PersonMustNotBeInsured {
        /// Since which month.
        from: Month,
        /// The code of the office that keeps the enrolment.
        office: String,
    },
    /// A month covered by an employer excludes a flexible month of the same insurance.
    #[error("an employer declared {month} for this person; they can join from {} on", .month.next())]
    MonthMustNotBeEmployers {
        /// The last month that the employer declared.
        month: Month,
        /// The employer's name, as in its file.
        employer: String,
    },
    /// The number is registered under another name.
    #[error("the name is not the one registered for this number; look at the identity card")]
    NameMustMatch,
    /// The card belongs to somebody else.
    #[error("this social security card belongs to another person; check the card's number")]
    CardMustBeTheirs,
    /// The office is not in the pack.
    #[error("there is no office {0:?}; the offices are in the city's pack")]
    OfficeMustExist(String),
    /// The consent to be debited cannot be signed as it is.
    #[error(transparent)]
    Mandate(#[from] MandateRefusal),
    /// The name is empty or has more than 60 letters.
    #[error("the name must have 1 to 60 letters, as on the identity card")]
    NameMustBeGiven,
    /// A branch or base that the law does not allow.
    #[error(transparent)]
    Law(#[from] Refusal),
    /// The pack has no value for the month.
    #[error(transparent)]
    NotEncoded(#[from] NotEncoded),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl EnrolRefusal {
    /// What the person is told: what is in the way, and what to do.
    #[must_use]
    pub fn message(&self, city: &City) -> Text {
        match self {
            Self::PersonMustNotBeInsured { from, office } => {
                let (from, office) = (spoken::month(*from), spoken::office(city, office));
                Text::made(
                    format!(
                        "这个人自{}起已在{}参保，全市只能有一份参保。要改基数或险种请办理变更，要重新参保请先停保。",
                        from.zh, office.zh
                    ),
                    format!(
                        "This person is insured already at the {} since {}; nobody can be insured twice in the \
                         city. To have another base or insurance, change that enrolment; to join anew, stop it first.",
                        office.en, from.en
                    ),
                )
            }
            Self::MonthMustNotBeEmployers { month, employer } => {
                let (last, next) = (spoken::month(*month), spoken::month(month.next()));
                Text::made(
                    format!(
                        "{}已由单位（{employer}）申报参保，同一个月不能再按灵活就业参保；可以从{}起参保。如果已经离职，请先由单位办理减员。",
                        last.zh, next.zh
                    ),
                    format!(
                        "An employer ({employer}) declared {} for this person, and a month can't be insured \
                         twice; they can join from {} on. If they left that job, the employer reports it first.",
                        last.en, next.en
                    ),
                )
            }
            Self::NameMustMatch => Text::fixed(
                "姓名与该号码已登记的姓名不一致，请核对身份证。",
                "The name is not the one registered for this number; look at the identity card.",
            ),
            Self::CardMustBeTheirs => Text::fixed(
                "这张社保卡属于别人，请核对卡号。",
                "This social security card belongs to somebody else; check its number.",
            ),
            Self::OfficeMustExist(_) => {
                Text::fixed("没有这个经办机构。", "There is no such office.")
            }
            Self::Mandate(refusal) => refusal.message(),
            Self::NameMustBeGiven => Text::fixed(
                "姓名应为1至60个字，与身份证一致。",
                "The name must have 1 to 60 letters, as on the identity card.",
            ),
            Self::Law(law) => law.message(),
            Self::NotEncoded(missing) => missing.message(),
            Self::Store(_) => Text::fixed(
                "系统暂时出了问题，没有保存任何内容，请稍后再试。",
                "Something went wrong on our side and nothing was saved; try again.",
            ),
        }
    }
}
