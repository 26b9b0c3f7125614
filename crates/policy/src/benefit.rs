//! What contributions lead to: the individual account, the pension, survivors' grants, the subsidy.

use serde::Deserialize;
use units::{Fen, Month, Rate, Rounding};

use crate::Branch;
use crate::component;
use crate::text::Text;
use crate::written;

/// 记账利率: how deposits of the running year earn interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountCrediting {
    /// From when a monthly deposit earns.
    pub deposits: DepositsEarn,
    /// What a year earns whose rate is not published when the account is paid out.
    pub running_year: RunningYear,
    /// How the year's interest is rounded.
    #[serde(deserialize_with = "component::rounding")]
    pub round: Rounding,
}

/// What the running year earns when an account is paid out within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunningYear {
    /// Nothing.
    EarnsNothing,
    /// The rate of the last year that is published.
    EarnsTheLastRate,
}

/// From when a monthly deposit earns interest in its own year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositsEarn {
    /// From the month after: twelve deposits earn 11 + 10 + … + 0 = 66 months.
    FromTheMonthAfter,
    /// From their own month: twelve deposits earn 12 + 11 + … + 1 = 78 months.
    FromTheirMonth,
    /// Not in their own year.
    NotInTheirYear,
}

/// 渐进式延迟法定退休年龄: the delay of one group of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetirementDelay {
    /// The group.
    pub category: RetirementCategory,
    /// The age before the delay, in years.
    pub original_age: u32,
    /// The first birth month that is delayed.
    #[serde(deserialize_with = "written::month")]
    pub first_birth: Month,
    /// For every so many months of later birth, one month of delay.
    pub birth_months_per_month: u32,
    /// The greatest delay in months.
    pub delay_max: u32,
}

/// A group of people with one original retirement age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RetirementCategory {
    /// Men, originally 60.
    Man,
    /// Women, originally 55: among them the flexibly employed.
    #[serde(rename = "woman_55")]
    Woman55,
    /// Women, originally 50.
    #[serde(rename = "woman_50")]
    Woman50,
}

/// 弹性退休: how far from the delayed age a person may retire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElasticRetirement {
    /// At most so many months earlier, and never below the original age.
    pub earlier_months_max: u32,
    /// At most so many months later.
    pub later_months_max: u32,
}

/// 最低缴费年限 of one year of retirement and later years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinimumMonths {
    /// The first year of retirement.
    pub year: i32,
    /// The months of contribution that a pension needs.
    pub months: u32,
}

/// 计发月数: by how many months an account balance is divided.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divisors {
    /// The age of the first divisor, in years.
    pub first_age: u32,
    /// One divisor for each year of age.
    pub months: Vec<u32>,
    /// Between two years of age.
    pub between_ages: BetweenAges,
}

/// What holds between two years of age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BetweenAges {
    /// The divisor of the completed year.
    CompletedYear,
    /// In proportion to the months, half up to one decimal.
    ByMonth,
}

/// 基本养老金: how the parts of a pension are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PensionFormula {
    /// What each year of contribution gives of the mean of calculation base and indexed wage.
    pub per_year: Rate,
    /// How each part is rounded.
    #[serde(deserialize_with = "component::rounding")]
    pub part_round: Rounding,
    /// How the total is rounded.
    #[serde(deserialize_with = "component::rounding")]
    pub total_round: Rounding,
}

/// 抚恤金 and 丧葬补助金, in months of the province's urban disposable income per head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurvivorsGrant {
    /// 丧葬补助金.
    pub funeral_months: u32,
    /// With fewer than 5 years of contributions.
    pub under_5_years: u32,
    /// With 5 years and fewer than 10.
    pub under_10_years: u32,
    /// With 10 years, up to 15.
    pub up_to_15_years: u32,
    /// For each further year.
    pub per_further_year: u32,
    /// At most.
    pub months_max: u32,
}

/// 社保补贴 for the flexibly employed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubsidyRule {
    /// The branches that are subsidised.
    pub branches: Vec<Branch>,
    /// The share of the charge on the floor.
    pub of_floor: Rate,
    /// The share of what was paid above it.
    pub of_above: Rate,
    /// How each branch's subsidy is rounded.
    #[serde(deserialize_with = "component::rounding")]
    pub round: Rounding,
    /// The greatest subsidy a month, where there is one.
    #[serde(default, deserialize_with = "written::some_yuan")]
    pub monthly_max: Option<Fen>,
    /// The greatest pension base that counts, where there is one.
    #[serde(default, deserialize_with = "written::some_yuan")]
    pub pension_base_max: Option<Fen>,
    /// For how many months at most, where the document says so.
    #[serde(default)]
    pub months_max: Option<u32>,
    /// Whoever has fewer than so many months left to retirement has it until then.
    #[serde(default)]
    pub until_retirement_below_months: Option<u32>,
}

/// 办理时限: within how many working days something must be done.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeLimit {
    /// The word of files and code, such as `registration`.
    pub matter: String,
    /// What people call it.
    pub name: Text,
    /// Within how many working days.
    pub working_days: u32,
    /// The article.
    pub article: String,
}

/// 滞纳金: what an employer owes for each day; the flexibly employed owe none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmployerLateFee {
    /// The share of the arrears for each day.
    pub per_day: Rate,
    /// How the fee is rounded.
    #[serde(deserialize_with = "component::rounding")]
    pub round: Rounding,
}
