//! The individual account, and what is paid out of it.

use insurance::calculator::individual_account::{self, AccountYear, Deposit};
use insurance::calculator::surrender::{self, EndingAccount};
use insurance::calculator::{Explained, Refusal, survivors_grant};
use policy::benefit::{DepositsEarn, RunningYear};
use policy::collection::SurrenderReason;
use policy::{Explanation, Pack, Text};
use units::{Date, Fen, Month};

use super::explain::Ask;
use super::word::word;

#[derive(clap::Args)]
pub(crate) struct Account {
    /// The first year to credit.
    #[arg(long)]
    year: i32,
    /// The last year to credit; the first where left out.
    #[arg(long)]
    last_year: Option<i32>,
    /// The balance at the start of the first year.
    #[arg(long)]
    opening: Fen,
    /// What is deposited in every month.
    #[arg(long, default_value = "0")]
    monthly: Fen,
    /// From when a deposit earns: from_the_month_after, from_their_month or not_in_their_year; the
    /// pack's own rule where left out.
    #[arg(long, value_parser = word::<DepositsEarn>)]
    deposits: Option<DepositsEarn>,
}

/// More years than any working life.
const YEARS_MAX: i32 = 100;

impl Account {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let last = self.last_year.unwrap_or(self.year).min(self.year.saturating_add(YEARS_MAX));
        let mut balance = self.opening;
        let mut years: Vec<AccountYear> = Vec::new();
        let mut steps = Vec::new();
        for year in self.year..=last {
            let credited = self.credit(pack, (year, balance), today)?;
            balance = credited.value.closing;
            years.push(credited.value);
            steps.extend(credited.explanation.steps);
        }
        let title = match self.year {
            only if only == last => {
                Text::made(format!("{only}年个人账户"), format!("individual account of {only}"))
            }
            first => Text::made(
                format!("{first}—{last}年个人账户"),
                format!("individual account, {first} to {last}"),
            ),
        };
        let explanation =
            Explanation { title, steps, amount: Some(balance), pack: Some(pack.pack_version()) };
        Ok(Explained { value: years, explanation }.into())
    }

    fn credit(
        &self,
        pack: &Pack,
        (year, opening): (i32, Fen),
        today: Date,
    ) -> Result<Explained<AccountYear>, Refusal> {
        let (first_day, deposits) = (first_of(year)?.first_day(), months(year, 12, self.monthly)?);
        let rule = pack.topics().account_crediting.on(first_day, today)?;
        let mut rule = rule.clone();
        rule.value.deposits = self.deposits.unwrap_or(rule.value.deposits);
        individual_account::credit_year_by(pack, &rule, (year, opening, &deposits), today)
    }
}

fn first_of(year: i32) -> Result<Month, Refusal> {
    Month::new(year, 1).map_err(|_| Refusal::AmountMustFit)
}

/// The same deposit in the first months of a year.
fn months(year: i32, count: i32, amount: Fen) -> Result<Vec<Deposit>, Refusal> {
    let first = first_of(year)?;
    Ok((0..count).map(|months| Deposit { month: first.plus(months), amount }).collect())
}

#[derive(clap::Args)]
pub(crate) struct Surrender {
    /// settled_abroad, loss_of_nationality or death.
    #[arg(long, value_parser = word::<SurrenderReason>)]
    reason: SurrenderReason,
    /// The balance at the end of the last year.
    #[arg(long)]
    balance: Fen,
    /// What was deposited in each month of the running year.
    #[arg(long, default_value = "0")]
    monthly: Fen,
    /// In how many months of the running year, from January on.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=12))]
    months: u8,
    /// What was already paid out of the account as pension.
    #[arg(long, default_value = "0")]
    paid_out: Fen,
    /// What the running year earns: earns_nothing or earns_the_last_rate; the pack's own rule where
    /// left out.
    #[arg(long, value_parser = word::<RunningYear>)]
    running_year: Option<RunningYear>,
    /// The day of the event; today where left out.
    #[arg(long)]
    on: Option<Date>,
}

impl Surrender {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let on = self.on.unwrap_or(today);
        let account = EndingAccount {
            balance: self.balance,
            deposits: months(on.year(), self.months.into(), self.monthly)?,
            paid_out: self.paid_out,
        };
        let rule = pack.topics().account_crediting.on(on, on).map_err(Refusal::from)?;
        let mut rule = rule.clone();
        rule.value.running_year = self.running_year.unwrap_or(rule.value.running_year);
        Ok(surrender::settle_by(pack, &rule, (self.reason, &account), on)?.into())
    }
}

#[derive(clap::Args)]
pub(crate) struct Survivors {
    /// The months of contribution.
    #[arg(long)]
    contributed_months: u32,
    /// The province's urban disposable income a head and month of the year before.
    #[arg(long)]
    income: Fen,
    /// The day of death; today where left out.
    #[arg(long)]
    on: Option<Date>,
}

impl Survivors {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let on = self.on.unwrap_or(today);
        Ok(survivors_grant::grants(pack, self.contributed_months, self.income, on)?.into())
    }
}
