//! Why a clerk can't do it: one sentence with the next step, to be read out to the person.

use policy::Text;

use crate::change_enrolment::ChangeRefusal;
use crate::city::City;
use crate::desk::opening::DeskClosed;
use crate::enrol::EnrolRefusal;
use crate::spoken;
use crate::stop_enrolment::StopRefusal;
use crate::withholding::change_mandate::MandateRefusal;

/// Why a clerk can't do it.
#[derive(Debug, thiserror::Error)]
pub enum DeskRefusal {
    /// The desk does not do it today.
    #[error(transparent)]
    Closed(#[from] DeskClosed),
    /// Another office keeps the person.
    #[error("the office {office:?} keeps this person")]
    OfficeMustKeepPerson {
        /// Its code.
        office: String,
    },
    /// Nobody has the number.
    #[error("this person is not registered")]
    PersonMustBeRegistered,
    /// 社保通 is switched on at a desk with identity card and citizen card only.
    #[error("identity card and citizen card must both be shown")]
    CardsMustBeShown,
    /// The card that was shown is not the one on file.
    #[error("the card is not the one on file")]
    CardMustMatch,
    /// Messages need somewhere to go.
    #[error("a phone number is needed for notices")]
    PhoneMustBeGiven,
    /// Joining.
    #[error(transparent)]
    Enrol(#[from] EnrolRefusal),
    /// Changing.
    #[error(transparent)]
    Change(#[from] ChangeRefusal),
    /// Stopping.
    #[error(transparent)]
    Stop(#[from] StopRefusal),
    /// The mandate.
    #[error(transparent)]
    Mandate(#[from] MandateRefusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl DeskRefusal {
    /// What the person is told.
    #[must_use]
    pub fn message(&self, city: &City) -> Text {
        match self {
            Self::Closed(closed) => closed.message(),
            Self::OfficeMustKeepPerson { office } => {
                let office = spoken::office(city, office);
                Text::made(
                    format!("此人的参保由{}管理，请到该机构办理；这里只能查看。", office.zh),
                    format!(
                        "The {} keeps this person and changes it; here it can only be read.",
                        office.en
                    ),
                )
            }
            Self::PersonMustBeRegistered => Text::fixed(
                "没有这个人的登记，请先参保登记。",
                "This person is not registered; enrol them first.",
            ),
            Self::CardsMustBeShown => Text::fixed(
                "开通社保通须同时出示身份证和市民卡（社会保障卡），请核对两证后勾选。",
                "社保通 is switched on with identity card and citizen card; look at both and tick the box.",
            ),
            Self::CardMustMatch => Text::fixed(
                "出示的卡号与登记的社会保障卡不一致，请核对卡面；换过卡请先更新卡号。",
                "The card shown is not the one on file; check its number, or record the new card first.",
            ),
            Self::PhoneMustBeGiven => Text::fixed(
                "社保通要发到手机上，请先登记手机号。",
                "社保通 sends messages to a phone; enter its number first.",
            ),
            Self::Enrol(refusal) => refusal.message(city),
            Self::Change(refusal) => change_message(refusal),
            Self::Stop(refusal) => stop_message(refusal),
            Self::Mandate(refusal) => refusal.message(),
            Self::Store(_) => trouble(),
        }
    }

    /// Whether something outside failed, rather than a rule saying no.
    #[must_use]
    pub const fn is_failure(&self) -> bool {
        matches!(
            self,
            Self::Store(_)
                | Self::Enrol(EnrolRefusal::Store(_))
                | Self::Change(ChangeRefusal::Store(_))
                | Self::Stop(StopRefusal::Store(_))
                | Self::Mandate(MandateRefusal::Store(_))
        )
    }
}

fn change_message(refusal: &ChangeRefusal) -> Text {
    match refusal {
        ChangeRefusal::EnrolmentMustBeOpen => Text::fixed(
            "此人现在没有参保，请办理续保。",
            "This person is not insured now; renew the insurance.",
        ),
        ChangeRefusal::ChoiceMustDiffer => Text::fixed(
            "与现在的险种和基数相同，没有可变更的内容；请改选后再保存。",
            "This is what the person has already; choose something else before saving.",
        ),
        ChangeRefusal::Law(law) => law.message(),
        ChangeRefusal::NotEncoded(missing) => missing.message(),
        ChangeRefusal::Store(_) => trouble(),
    }
}

fn stop_message(refusal: &StopRefusal) -> Text {
    match refusal {
        StopRefusal::EnrolmentMustBeOpen => Text::fixed(
            "此人现在没有参保，不用停保。",
            "This person is not insured now; there is nothing to stop.",
        ),
        StopRefusal::DueMustNotBeInOpenAttempt => Text::fixed(
            "这个月的费用正在扣款或支付中，结果出来之前不能停保。请等结果：没有缴成就停当月，缴成了就从下月起停。",
            "A payment of this month is under way. Wait for its result: if it fails the stop ends this month, if it \
             succeeds the stop takes effect with the next month.",
        ),
        StopRefusal::NotEncoded(missing) => missing.message(),
        StopRefusal::Store(_) => trouble(),
    }
}

fn trouble() -> Text {
    Text::fixed(
        "系统暂时出了问题，没有保存任何内容，请稍后再试。",
        "Something went wrong on our side and nothing was saved; try again.",
    )
}
