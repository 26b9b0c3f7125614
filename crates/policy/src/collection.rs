//! How a city collects: windows, withholding, banks, offices, arrears and their consequences.

use serde::Deserialize;
use units::{Date, Fen, Rounding};

use crate::Branch;
use crate::component;
use crate::text::Text;
use crate::written;

/// Which branches the flexibly employed may join, and what a choice must contain.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenBranches {
    /// The branches that are open.
    pub open: Vec<Branch>,
    /// Those of them whose base or charge was found in no document; they are refused as not
    /// encoded.
    #[serde(default)]
    pub not_encoded: Vec<Branch>,
    /// Branches that are only open together with others.
    #[serde(default)]
    pub needs: Vec<Needs>,
}

/// A branch that may be chosen only together with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Needs {
    /// The branch chosen.
    pub branch: Branch,
    /// The branch that must be chosen too.
    pub with: Branch,
}

/// The days of each month on which something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthlyWindow {
    /// The first day of the month, 1 to 31.
    pub first: u32,
    /// The last day of the month; months that are shorter end earlier.
    pub last: u32,
    /// On which days in between it is closed.
    pub closed_on: ClosedOn,
}

/// On which days a window is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedOn {
    /// On none.
    Never,
    /// On legal holidays (法定节假日).
    LegalHolidays,
    /// On every day that is not a working day (工作日).
    NonWorkingDays,
}

/// How a paying bank takes money from a card.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithholdingRule {
    /// The order in which a person's branches are taken, each whole or not at all.
    pub order: Vec<Branch>,
    /// What follows when the money does not cover the next branch.
    pub shortfall: Shortfall,
}

/// What follows when the money does not cover the next branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shortfall {
    /// The branches after it are still tried.
    Continue,
    /// Nothing more is taken.
    Stop,
}

/// A bank that withholds contributions or takes cash.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayingBank {
    /// The word of files and command lines, such as `ccb`.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Whether it withholds from cards.
    pub withholds: bool,
    /// Whether its counters take payments.
    pub counter: bool,
}

/// 经办机构: where people join, renew, stop and ask.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// The office's own code; not a division code, because development zones have none.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// What it serves.
    pub kind: OfficeKind,
    /// The GB/T 2260 code of the district that it serves or lies in, where there is one.
    #[serde(default)]
    pub division: Option<String>,
}

/// What an office serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficeKind {
    /// 区.
    District,
    /// 开发区.
    DevelopmentZone,
}

/// When stopping (停保) takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopRule {
    /// When the month is not paid yet.
    pub before_payment: StopEffect,
    /// When the month is paid.
    pub after_payment: StopEffect,
}

/// From which month a stop ends the insurance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopEffect {
    /// The month of the stop is no longer owed.
    ThisMonth,
    /// The month of the stop stays; the next one is no longer owed.
    NextMonth,
}

/// 补缴: whether and how months that were not paid may be paid later.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackPaymentRule {
    /// How far back.
    pub reach: BackPaymentReach,
    /// The branches for which interest is owed on months of earlier settlement years, and that
    /// may be paid for them at all.
    #[serde(default)]
    pub branches: Vec<Branch>,
    /// At most so many months back, where there is a limit.
    #[serde(default)]
    pub months_max: Option<u32>,
    /// The interest on months of earlier settlement years.
    #[serde(default)]
    pub interest: Option<InterestRule>,
}

/// How far back a back-payment may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackPaymentReach {
    /// Not at all.
    None,
    /// Months of the current settlement year, principal only.
    SameSettlementYear,
    /// Months of earlier settlement years too, with interest.
    PriorYearsWithInterest,
}

/// Interest on a back-payment, from the yearly crediting rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterestRule {
    /// Which years' rates are compounded.
    pub years: InterestYears,
    /// Whether each month is rounded, or the sum of the months of a year.
    pub rounded_per: RoundedPer,
    /// How.
    #[serde(deserialize_with = "component::rounding")]
    pub round: Rounding,
}

/// Which calendar years' rates are compounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterestYears {
    /// The years after the month owed and before the year of payment.
    AfterTheMonthsYear,
    /// The same, and the year of the month owed.
    WithTheMonthsYear,
}

/// What is rounded once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundedPer {
    /// The interest of each month.
    Month,
    /// The interest on all months of one year together.
    Year,
}

/// What becomes of dues already assessed when a value is published late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentRule {
    /// Nothing: the months stay as they were assessed.
    None,
    /// The difference is collected for every month since the value holds.
    CollectDifference,
    /// The value is applied from the month after its publication.
    FromPublicationOn,
}

/// 中断与等待期: when medical cover ends and comes back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MedicalLapseRule {
    /// Whether the first unpaid month itself is still covered.
    pub arrears_month_covered: bool,
    /// The longest gap, in months, after which cover returns without waiting.
    pub gap_months_without_waiting: u32,
    /// How many months, from the month of return, are not covered after a longer gap.
    pub waiting_months: u32,
    /// The same for people who join for the first time.
    pub first_waiting_months: u32,
    /// Whether paying for the gap covers its costs after all.
    pub gap_covered_when_paid: bool,
}

/// 退保: one reason for ending a person's relationship, and what follows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurrenderTerms {
    /// The reason.
    pub reason: SurrenderReason,
    /// What becomes of the account.
    pub outcome: SurrenderOutcome,
    /// What must be shown.
    pub evidence: Vec<Text>,
}

/// What becomes of the individual account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SurrenderOutcome {
    /// The relationship ends and the balance is paid to the person.
    PayToPerson,
    /// The relationship ends and the balance is inherited.
    PayToHeirs,
    /// 保留账户: the relationship stays and the pension is paid at the age.
    KeepAccount,
}

/// A reason for surrender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SurrenderReason {
    /// 出国(境)定居.
    SettledAbroad,
    /// 丧失中华人民共和国国籍.
    LossOfNationality,
    /// 在职死亡: death while still contributing.
    Death,
}

/// 社保通: who is told what, and when.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeRule {
    /// The service's name.
    pub name: Text,
    /// People who joined on this day or later have it without asking.
    #[serde(deserialize_with = "written::date")]
    pub automatic_since: Date,
    /// What it costs a month.
    #[serde(deserialize_with = "written::yuan")]
    pub fee: Fen,
    /// The day of the month of the monthly notice.
    pub monthly_day: u32,
    /// How many days before the deposit day the sum to have on the card is told.
    pub days_before_deposit: u32,
}

/// 节假日: the State Council's arrangement of one year.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holidays {
    /// First and last days off, both included.
    #[serde(deserialize_with = "written::date_ranges")]
    pub off: Vec<(Date, Date)>,
    /// 调休: Saturdays and Sundays that are worked.
    #[serde(deserialize_with = "written::dates")]
    pub worked: Vec<Date>,
}

/// 结算年度: one settlement year; its first and last day are the value's terms.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementYearName {
    /// What people call it, such as `2026`.
    pub name: String,
}
