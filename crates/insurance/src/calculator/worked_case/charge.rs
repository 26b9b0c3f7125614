//! Cases of amounts and bases.

use policy::adjustment::{Assessed, Difference};
use policy::{Branch, Pack, Refusal, Rules, Yuan};
use serde::Deserialize;
use units::{Date, ExactFen, Fen, Month, Rate, Rounding, RoundingMode};

use super::super::{employer_late_fee, subsidy};
use super::{Outcome, equal, equal_if, last_knowledge, refused};

fn rules(pack: &Pack, month: Month, known_on: Option<Date>) -> Result<Rules, String> {
    pack.rules(month, known_on.unwrap_or_else(last_knowledge)).map_err(|error| error.to_string())
}

/// What a month of a branch costs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChargeCase {
    pub(super) source: String,
    month: Month,
    known_on: Option<Date>,
    branch: Branch,
    base: Yuan,
    amount: Option<Yuan>,
    account: Option<Yuan>,
    pool: Option<Yuan>,
    refused: Option<String>,
}

impl ChargeCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let rules = rules(pack, self.month, self.known_on)?;
        let charge = rules.charge(self.branch, self.base.fen());
        let Some(charge) = refused(charge, Refusal::code, self.refused.as_ref())? else {
            return Ok(());
        };
        equal_if("the amount", charge.amount, self.amount.map(Yuan::fen))?;
        equal_if("the account's share", charge.account, self.account.map(Yuan::fen))?;
        equal_if("the pool's share", charge.pool, self.pool.map(Yuan::fen))?;
        let explanation = rules.explain(self.branch, self.base.fen());
        let explained = explanation.map_err(|refusal| refusal.to_string())?.amount;
        equal("the explained amount", explained.unwrap_or_default(), charge.amount)
    }
}

/// What a month of several branches costs together.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TotalCase {
    pub(super) source: String,
    month: Month,
    known_on: Option<Date>,
    branches: Vec<Branch>,
    base: Yuan,
    amount: Yuan,
}

impl TotalCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let rules = rules(pack, self.month, self.known_on)?;
        let mut total = Fen::ZERO;
        for branch in self.branches {
            let charge =
                rules.charge(branch, self.base.fen()).map_err(|refusal| refusal.to_string())?;
            total += charge.amount;
        }
        equal("the total", total, self.amount.fen())
    }
}

/// A percentage and its rounding, apart from any date.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PercentageCase {
    pub(super) source: String,
    base: Yuan,
    rate: Rate,
    unit: Yuan,
    mode: RoundingMode,
    exact: Option<String>,
    amount: Yuan,
}

impl PercentageCase {
    pub(super) fn check(self, _: &Pack) -> Outcome {
        let exact =
            ExactFen::of(self.base.fen()).times(self.rate).ok_or("the product is too large")?;
        equal_if("the exact product", exact, self.exact)?;
        let rounding = Rounding::new(self.unit.fen(), self.mode).map_err(|e| e.to_string())?;
        equal("the amount", rounding.apply(exact).map_err(|e| e.to_string())?, self.amount.fen())
    }
}

/// With which base a person goes on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CarriedCase {
    pub(super) source: String,
    month: Month,
    branch: Branch,
    base: Yuan,
    becomes: Yuan,
}

impl CarriedCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let rules = rules(pack, self.month, None)?;
        let base = rules.carried_base(self.branch, self.base.fen()).map_err(|e| e.to_string())?;
        equal("the base", base, self.becomes.fen())
    }
}

/// What becomes of an assessed month when a value is published late.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdjustmentCase {
    pub(super) source: String,
    month: Month,
    branch: Branch,
    base: Yuan,
    assessed_on: Date,
    known_on: Date,
    collect: Option<Yuan>,
    give_back: Option<Yuan>,
}

impl AdjustmentCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let Self { month, branch, base, assessed_on, .. } = self;
        let assessed = Assessed { branch, month, chosen: base.fen(), known_on: assessed_on };
        let adjustment = pack.adjustment(assessed, self.known_on).map_err(|e| e.to_string())?;
        let (mut collect, mut give_back) = (Fen::ZERO, Fen::ZERO);
        match adjustment.map(|adjustment| adjustment.difference) {
            Some(Difference::ToCollect(charge)) => collect = charge.amount,
            Some(Difference::ToReturn(charge)) => give_back = charge.amount,
            None => {}
        }
        let fen = |amount: Option<Yuan>| amount.map_or(Fen::ZERO, Yuan::fen);
        equal("what is collected", collect, fen(self.collect))?;
        equal("what is given back", give_back, fen(self.give_back))
    }
}

/// The subsidy of a month.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubsidyCase {
    pub(super) source: String,
    month: Month,
    branches: Vec<Branch>,
    base: Yuan,
    amount: Yuan,
    months_left: Option<u32>,
    months: Option<u32>,
}

impl SubsidyCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let rules = rules(pack, self.month, None)?;
        let paid = self.branches.into_iter().collect();
        let subsidy = subsidy::monthly(pack, &rules, (paid, self.base.fen()));
        equal("the subsidy", subsidy.map_err(|e| e.to_string())?.value, self.amount.fen())?;
        let Some(left) = self.months_left else { return Ok(()) };
        let months = subsidy::months(pack, &rules, left).map_err(|e| e.to_string())?;
        equal_if("the months", months.unwrap_or_default(), self.months)
    }
}

/// What an employer owes for paying late.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LateFeeCase {
    pub(super) source: String,
    arrears: Yuan,
    days: u32,
    on: Date,
    fee: Yuan,
}

impl LateFeeCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let fee = employer_late_fee::fee(pack, self.arrears.fen(), self.days, self.on);
        equal("the fee", fee.map_err(|e| e.to_string())?.value, self.fee.fen())
    }
}
