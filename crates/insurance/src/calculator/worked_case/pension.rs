//! Cases of accounts, ages, pensions and grants.

use policy::benefit::{DepositsEarn, RetirementCategory as Category, RunningYear};
use policy::collection::SurrenderReason;
use policy::{Pack, Yuan};
use serde::Deserialize;
use units::{Date, Fen, Month, Rate};

use super::super::individual_account::{self, Deposit};
use super::super::pension_estimate::{self, Career};
use super::super::surrender::{self, EndingAccount};
use super::super::{Refusal, retirement, survivors_grant};
use super::{Outcome, equal, equal_if, last_knowledge, refused};

/// A year of an individual account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountYearCase {
    pub(super) source: String,
    year: i32,
    opening: Yuan,
    /// The deposit of each month of the year.
    monthly: Yuan,
    /// The pack's own where left out.
    deposits: Option<DepositsEarn>,
    opening_interest: Option<Yuan>,
    deposit_interest: Option<Yuan>,
    closing: Option<Yuan>,
    refused: Option<String>,
}

impl AccountYearCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let rule = pack.topics().account_crediting.entries().last().ok_or("no account rule")?;
        let mut rule = rule.clone();
        rule.value.deposits = self.deposits.unwrap_or(rule.value.deposits);
        let deposits = deposits(self.year, 12, self.monthly)?;
        let input = (self.year, self.opening.fen(), &deposits[..]);
        let year = individual_account::credit_year_by(pack, &rule, input, last_knowledge());
        let Some(year) = refused(year, Refusal::code, self.refused.as_ref())? else {
            return Ok(());
        };
        let (year, fen) = (year.value, |amount: Option<Yuan>| amount.map(Yuan::fen));
        equal_if("interest on the opening", year.opening_interest, fen(self.opening_interest))?;
        equal_if("interest on deposits", year.deposit_interest, fen(self.deposit_interest))?;
        equal_if("the closing balance", year.closing, fen(self.closing))
    }
}

/// What is paid out when a relationship ends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SurrenderCase {
    pub(super) source: String,
    reason: SurrenderReason,
    on: Date,
    balance: Yuan,
    monthly: Yuan,
    months: u32,
    paid_out: Option<Yuan>,
    /// The pack's own where left out.
    running_year: Option<RunningYear>,
    amount: Option<Yuan>,
    refused: Option<String>,
}

impl SurrenderCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let account = EndingAccount {
            balance: self.balance.fen(),
            deposits: deposits(self.on.year(), self.months, self.monthly)?,
            paid_out: self.paid_out.map_or(Fen::ZERO, Yuan::fen),
        };
        let rule = pack.topics().account_crediting.entries().last().ok_or("no account rule")?;
        let mut rule = rule.clone();
        rule.value.running_year = self.running_year.unwrap_or(rule.value.running_year);
        let result = surrender::settle_by(pack, &rule, (self.reason, &account), self.on);
        match refused(result, Refusal::code, self.refused.as_ref())? {
            Some(result) => equal_if("the payout", result.value.amount, self.amount.map(Yuan::fen)),
            None => Ok(()),
        }
    }
}

fn deposits(year: i32, months: u32, amount: Yuan) -> Result<Vec<Deposit>, String> {
    let deposit = |number| {
        let month = Month::new(year, number).map_err(|e| e.to_string())?;
        Ok(Deposit { month, amount: amount.fen() })
    };
    (1..=months).map(deposit).collect()
}

/// Months of the survivors' grant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SurvivorsCase {
    pub(super) source: String,
    contributed_months: u32,
    on: Date,
    income: Option<Yuan>,
    months: u32,
    funeral: Option<Yuan>,
    survivors: Option<Yuan>,
}

impl SurvivorsCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let income = self.income.map_or(Fen::ZERO, Yuan::fen);
        let grants = survivors_grant::grants(pack, self.contributed_months, income, self.on);
        let grants = grants.map_err(|e| e.to_string())?.value;
        equal("the months", grants.months, self.months)?;
        equal_if("the funeral grant", grants.funeral, self.funeral.map(Yuan::fen))?;
        equal_if("the survivors' grant", grants.survivors, self.survivors.map(Yuan::fen))
    }
}

/// The month of retirement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetirementCase {
    pub(super) source: String,
    birth: Month,
    category: Category,
    delay: u32,
    month: Month,
    earliest: Option<Month>,
}

impl RetirementCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let result = retirement::retirement(pack, self.birth, self.category, last_knowledge());
        let result = result.map_err(|e| e.to_string())?.value;
        equal("the delay", result.delay_months, self.delay)?;
        equal("the month", result.month, self.month)?;
        equal_if("the earliest month", result.earliest, self.earliest)
    }
}

/// 最低缴费年限.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MinimumMonthsCase {
    pub(super) source: String,
    year: i32,
    months: u32,
}

impl MinimumMonthsCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let months = retirement::minimum_months(pack, self.year, last_knowledge());
        equal("the minimum", months.map_err(|e| e.to_string())?, self.months)
    }
}

/// 计发月数.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DivisorCase {
    pub(super) source: String,
    age_years: u32,
    age_months: u32,
    on: Date,
    divisor: Option<String>,
    refused: Option<String>,
}

impl DivisorCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let table = pack.topics().divisors.on(self.on, last_knowledge());
        let table = &table.map_err(|e| e.to_string())?.value;
        let tenths = retirement::divisor_tenths(table, self.age_years * 12 + self.age_months);
        let Some(tenths) = refused(tenths, Refusal::code, self.refused.as_ref())? else {
            return Ok(());
        };
        let text = match tenths % 10 {
            0 => (tenths / 10).to_string(),
            tenth => format!("{}.{tenth}", tenths / 10),
        };
        equal_if("the divisor", text, self.divisor)
    }
}

/// A pension.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PensionCase {
    pub(super) source: String,
    on: Date,
    calculation_base: Yuan,
    index: Rate,
    months: u32,
    account: Yuan,
    age_years: u32,
    age_months: u32,
    other: Yuan,
    basic: Yuan,
    account_pension: Yuan,
    total: Yuan,
}

impl PensionCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let career = Career {
            calculation_base: self.calculation_base.fen(),
            index: self.index,
            months: self.months,
            account: self.account.fen(),
            age_months: self.age_years * 12 + self.age_months,
            other: self.other.fen(),
        };
        let pension = pension_estimate::estimate(pack, career, self.on);
        let pension = pension.map_err(|e| e.to_string())?.value;
        equal("the basic pension", pension.basic, self.basic.fen())?;
        equal("the account pension", pension.account, self.account_pension.fen())?;
        equal("the total", pension.total, self.total.fen())
    }
}
