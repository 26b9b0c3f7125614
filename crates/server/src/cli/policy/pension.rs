//! Retirement: when, after how many months, and with how much.

use insurance::calculator::pension_estimate::{self, Career};
use insurance::calculator::{Refusal, retirement};
use policy::benefit::RetirementCategory;
use policy::{Pack, Step, Text};
use units::{Date, Fen, Month, Rate};

use super::explain::Ask;
use super::word::word;

#[derive(clap::Args)]
pub(crate) struct Retirement {
    /// The month of birth, YYYY-MM.
    #[arg(long)]
    born: Month,
    /// man, woman_55 or woman_50: the age before the delay of 2025.
    #[arg(long, value_parser = word::<RetirementCategory>)]
    category: RetirementCategory,
}

impl Retirement {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        Ok(retirement::retirement(pack, self.born, self.category, today)?.into())
    }
}

#[derive(clap::Args)]
pub(crate) struct MinimumMonths {
    /// The year of retirement.
    #[arg(long)]
    year: i32,
}

impl MinimumMonths {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        Ok(retirement::explain_minimum_months(pack, self.year, today)?.into())
    }
}

#[derive(clap::Args)]
pub(crate) struct Divisor {
    /// The age at retirement, in months: 721 is 60 years and 1 month.
    #[arg(long)]
    age_months: u32,
    /// The day of retirement; today where left out.
    #[arg(long)]
    on: Option<Date>,
}

impl Divisor {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let on = self.on.unwrap_or(today);
        Ok(retirement::explain_divisor(pack, self.age_months, on)?.into())
    }
}

#[derive(clap::Args)]
pub(crate) struct Pension {
    /// 计发基数, the calculation base of the day of retirement; the pack's where left out.
    #[arg(long)]
    calculation_base: Option<Fen>,
    /// The average contribution index, such as 0.6.
    #[arg(long)]
    index: Rate,
    /// The contributed months.
    #[arg(long)]
    months: u32,
    /// The balance of the individual account.
    #[arg(long)]
    account: Fen,
    /// The age at retirement, in months.
    #[arg(long)]
    age_months: u32,
    /// Other parts of the pension.
    #[arg(long, default_value = "0")]
    other: Fen,
    /// The day of retirement; today where left out.
    #[arg(long)]
    on: Option<Date>,
}

impl Pension {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let on = self.on.unwrap_or(today);
        let (calculation_base, cited) = self.calculation_base(pack, on)?;
        let career = Career {
            calculation_base,
            index: self.index,
            months: self.months,
            account: self.account,
            age_months: self.age_months,
            other: self.other,
        };
        let mut estimate = pension_estimate::estimate(pack, career, on)?;
        estimate.explanation.steps.splice(0..0, cited);
        Ok(estimate.into())
    }

    /// What was asked for, or the pack's as it was known on the day of retirement, with its source.
    fn calculation_base(&self, pack: &Pack, on: Date) -> Result<(Fen, Option<Step>), Refusal> {
        if let Some(base) = self.calculation_base {
            return Ok((base, None));
        }
        let base = pack.topics().calculation_base.on(on, on)?;
        let amount = base.value.fen();
        let step = Step::new(Text::fixed("计发基数", "calculation base"), amount.to_string());
        Ok((amount, Some(step.amount(amount).cited(pack.citation(&base.terms)))))
    }
}
