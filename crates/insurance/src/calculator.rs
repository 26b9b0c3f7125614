//! What a person asks for in advance, or gets at the end: computed from the pack, each result with
//! its explanation.
//!
//! Files in reading order: [`monthly_bill`] what a month costs, [`back_payment`] what catching up costs, [`compound`] the arithmetic of
//! compounding, [`withholding_order`] what a card's balance covers, [`individual_account`] yearly
//! interest, [`surrender`] what is paid out, [`survivors_grant`], [`retirement`] when and with how
//! many months, [`pension_estimate`] how much, [`subsidy`], [`employer_late_fee`]; [`worked_case`] what documents expect
//! of all these.

pub mod back_payment;
mod compound;
pub mod employer_late_fee;
pub mod individual_account;
pub mod monthly_bill;
pub mod pension_estimate;
pub mod retirement;
pub mod subsidy;
pub mod surrender;
pub mod survivors_grant;
pub mod withholding_order;
pub mod worked_case;

use policy::Refusal as PolicyRefusal;
use policy::{Explanation, Text};
use units::{Date, Month};

/// A result and why it is so.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Explained<T> {
    /// The result.
    pub value: T,
    /// Its steps and citations.
    pub explanation: Explanation,
}

/// A rule says no to a calculation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The pack does not cover the day, or refuses the base.
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    /// The city knows no back-payment.
    #[error("this city takes no back-payment")]
    BackPaymentMustBeOpen,
    /// The month lies before the current settlement year and may no longer be paid.
    #[error("{0} lies before the current settlement year and may no longer be paid")]
    MonthMustLieInSettlementYear(Month),
    /// The month lies further back than the city allows.
    #[error("{0} lies more than {1} months back")]
    MonthMustLieWithinReach(Month, u32),
    /// A month that has not ended is not in arrears.
    #[error("{0} has not ended; it is paid as a bill, not as a back-payment")]
    MonthMustHaveEnded(Month),
    /// The reason is none for ending the relationship.
    #[error("this is no reason for surrender on {0}")]
    ReasonMustBeRecognised(Date),
    /// The divisor table does not reach the age.
    #[error("no divisor is encoded for age {0}")]
    AgeMustHaveDivisor(u32),
    /// The sums leave what money can hold.
    #[error("the amount is too large")]
    AmountMustFit,
}

impl From<policy::NotEncoded> for Refusal {
    fn from(missing: policy::NotEncoded) -> Self {
        Self::Policy(missing.into())
    }
}

impl Refusal {
    /// The stable code of problem responses.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Policy(refusal) => refusal.code(),
            Self::BackPaymentMustBeOpen => "back_payment_must_be_open",
            Self::MonthMustLieInSettlementYear(_) => "month_must_lie_in_settlement_year",
            Self::MonthMustLieWithinReach(..) => "month_must_lie_within_reach",
            Self::MonthMustHaveEnded(_) => "month_must_have_ended",
            Self::ReasonMustBeRecognised(_) => "reason_must_be_recognised",
            Self::AgeMustHaveDivisor(_) => "age_must_have_divisor",
            Self::AmountMustFit => "amount_must_fit",
        }
    }

    /// What the person reads: what is wrong and the next step.
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::Policy(refusal) => refusal.message(),
            Self::BackPaymentMustBeOpen => Text::fixed(
                "本市不办理补缴，请按时缴纳以后的月份。",
                "This city takes no back-payment; pay the coming months in time.",
            ),
            Self::MonthMustLieInSettlementYear(month) => Text::made(
                format!("{month}属于以前的结算年度，不能补缴；请向经办机构咨询。"),
                format!(
                    "{month} belongs to an earlier settlement year and can't be paid any more; ask an office."
                ),
            ),
            Self::MonthMustLieWithinReach(month, months) => Text::made(
                format!("{month}已超过{months}个月的补缴期限，不能补缴。"),
                format!("{month} lies more than {months} months back and can't be paid any more."),
            ),
            Self::MonthMustHaveEnded(month) => Text::made(
                format!("{month}尚未结束，请按当月缴费单缴费。"),
                format!("{month} has not ended; pay it as this month's bill."),
            ),
            Self::ReasonMustBeRecognised(_) => Text::fixed(
                "该情形不能退保，个人账户予以保留，到龄后领取养老金。",
                "This is no reason for surrender; the account is kept and the pension paid at the age.",
            ),
            Self::AgeMustHaveDivisor(age) => Text::made(
                format!("没有{age}岁的计发月数，请向经办机构咨询。"),
                format!("There is no divisor for age {age}; ask an office."),
            ),
            Self::AmountMustFit => Text::fixed(
                "金额过大，请检查输入。",
                "The amount is too large; check what was entered.",
            ),
        }
    }
}
