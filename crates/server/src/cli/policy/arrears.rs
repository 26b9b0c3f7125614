//! Catching up, and what a card's balance covers.

use insurance::calculator::back_payment::{self, OwedMonth};
use insurance::calculator::{Refusal, employer_late_fee, withholding_order};
use policy::collection::{InterestYears, RoundedPer, Shortfall};
use policy::{Branch, Pack};
use units::{Date, Fen, Month};

use super::explain::Ask;
use super::word::{due, word};

#[derive(clap::Args)]
pub(crate) struct BackPayment {
    /// pension, medical or unemployment.
    #[arg(long, value_parser = word::<Branch>)]
    branch: Branch,
    /// What each month would have cost.
    #[arg(long)]
    due: Fen,
    /// The first month, YYYY-MM.
    #[arg(long)]
    first: Month,
    /// The last month, YYYY-MM; the first where left out.
    #[arg(long)]
    last: Option<Month>,
    /// The day of paying; today where left out.
    #[arg(long)]
    paid_on: Option<Date>,
    /// Which years' rates compound: after_the_months_year or with_the_months_year; the pack's own
    /// rule where left out.
    #[arg(long, value_parser = word::<InterestYears>)]
    years: Option<InterestYears>,
    /// What is rounded once: month or year; the pack's own rule where left out.
    #[arg(long, value_parser = word::<RoundedPer>)]
    rounded_per: Option<RoundedPer>,
}

impl BackPayment {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let paid_on = self.paid_on.unwrap_or(today);
        let rule = pack.topics().back_payment.on(paid_on, paid_on).map_err(Refusal::from)?;
        let mut rule = rule.clone();
        if let Some(interest) = &mut rule.value.interest {
            interest.years = self.years.unwrap_or(interest.years);
            interest.rounded_per = self.rounded_per.unwrap_or(interest.rounded_per);
        }
        let months = self.first.through(self.last.unwrap_or(self.first));
        let owed: Vec<_> = months.map(|month| OwedMonth { month, principal: self.due }).collect();
        Ok(back_payment::quote_by(pack, &rule, (self.branch, &owed), paid_on)?.into())
    }
}

#[derive(clap::Args)]
pub(crate) struct Withholding {
    /// What is on the card.
    #[arg(long)]
    balance: Fen,
    /// A due, such as pension=990.40; once for each insurance.
    #[arg(long = "due", value_parser = due, required = true)]
    dues: Vec<(Branch, Fen)>,
    /// When the balance does not cover one: continue or stop; the pack's own rule where left out.
    #[arg(long, value_parser = word::<Shortfall>)]
    shortfall: Option<Shortfall>,
    /// The day of withholding; today where left out.
    #[arg(long)]
    on: Option<Date>,
}

impl Withholding {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let on = self.on.unwrap_or(today);
        let rule = pack.topics().withholding.on(on, on).map_err(Refusal::from)?;
        let mut rule = rule.clone();
        rule.value.shortfall = self.shortfall.unwrap_or(rule.value.shortfall);
        Ok(withholding_order::withhold_by(pack, &rule, (self.balance, &self.dues)).into())
    }
}

#[derive(clap::Args)]
pub(crate) struct LateFee {
    /// What the employer did not pay.
    #[arg(long)]
    arrears: Fen,
    /// For how many days.
    #[arg(long)]
    days: u32,
    /// The day of paying; today where left out.
    #[arg(long)]
    on: Option<Date>,
}

impl LateFee {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let on = self.on.unwrap_or(today);
        Ok(employer_late_fee::fee(pack, self.arrears, self.days, on)?.into())
    }
}
