//! `shebao policy explain`: one figure with its steps and citations.
//!
//! The questions stand in the files beside this one: [`charge`] what a month costs, [`arrears`]
//! catching up and withholding, [`account`] the individual account and what is paid out of it,
//! [`pension`] retirement.

use insurance::calculator::{Explained, Refusal};
use policy::{Explanation, Pack};
use serde::Serialize;
use units::Date;

use super::super::city::Options;
use super::super::{Ended, output};
use super::{account, arrears, charge, pension};

/// What can be explained. Money is in yuan; the pack's knowledge is that of today or of `--clock`.
#[derive(clap::Subcommand)]
pub(crate) enum Question {
    /// What a month of one insurance costs.
    Charge(Asked<charge::Charge>),
    /// What a month costs over all chosen insurances.
    Bill(Asked<charge::Bill>),
    /// What a value published after a month was assessed changes for it.
    Difference(Asked<charge::Difference>),
    /// The subsidy for a paid month.
    Subsidy(Asked<charge::Subsidy>),
    /// What it costs to catch up months that were not paid, year by year.
    BackPayment(Asked<arrears::BackPayment>),
    /// What a card's balance covers on the day of withholding, in order.
    Withholding(Asked<arrears::Withholding>),
    /// What an employer owes for paying late; the flexibly employed owe nothing for it.
    LateFee(Asked<arrears::LateFee>),
    /// The yearly interest of an individual account.
    Account(Asked<account::Account>),
    /// What is paid out of an account when a person leaves for good or dies.
    Surrender(Asked<account::Surrender>),
    /// The funeral and survivors' grants.
    Survivors(Asked<account::Survivors>),
    /// When a person retires.
    Retirement(Asked<pension::Retirement>),
    /// How many months of contributions a pension needs.
    MinimumMonths(Asked<pension::MinimumMonths>),
    /// By how many months an account is divided for a pension.
    Divisor(Asked<pension::Divisor>),
    /// An estimate of the monthly pension.
    Pension(Asked<pension::Pension>),
}

/// A question about a city.
#[derive(clap::Args)]
pub(crate) struct Asked<T: clap::Args> {
    /// A shipped city, or the folder of a pack.
    city: String,
    #[command(flatten)]
    about: T,
}

/// A result as JSON, and why it is so.
pub(super) struct Answer {
    value: serde_json::Value,
    explanation: Explanation,
}

impl<T: Serialize> From<Explained<T>> for Answer {
    fn from(explained: Explained<T>) -> Self {
        let value = serde_json::to_value(explained.value);
        Self {
            value: value.expect("results are numbers, words and lists of them"),
            explanation: explained.explanation,
        }
    }
}

/// What a question makes of a pack, with what is known on a day.
pub(super) type Ask = Result<Answer, Refusal>;

pub(super) fn run(options: &Options, question: &Question) -> anyhow::Result<Ended> {
    match question {
        Question::Charge(asked) => asked.run(options, charge::Charge::ask),
        Question::Bill(asked) => asked.run(options, charge::Bill::ask),
        Question::Difference(asked) => asked.run(options, charge::Difference::ask),
        Question::Subsidy(asked) => asked.run(options, charge::Subsidy::ask),
        Question::BackPayment(asked) => asked.run(options, arrears::BackPayment::ask),
        Question::Withholding(asked) => asked.run(options, arrears::Withholding::ask),
        Question::LateFee(asked) => asked.run(options, arrears::LateFee::ask),
        Question::Account(asked) => asked.run(options, account::Account::ask),
        Question::Surrender(asked) => asked.run(options, account::Surrender::ask),
        Question::Survivors(asked) => asked.run(options, account::Survivors::ask),
        Question::Retirement(asked) => asked.run(options, pension::Retirement::ask),
        Question::MinimumMonths(asked) => asked.run(options, pension::MinimumMonths::ask),
        Question::Divisor(asked) => asked.run(options, pension::Divisor::ask),
        Question::Pension(asked) => asked.run(options, pension::Pension::ask),
    }
}

impl<T: clap::Args> Asked<T> {
    fn run(
        &self,
        options: &Options,
        ask: impl Fn(&T, &Pack, Date) -> Ask,
    ) -> anyhow::Result<Ended> {
        let pack = super::pack(&self.city)?;
        match (ask(&self.about, &pack, super::today(options)), options.json) {
            (Ok(Answer { value, explanation }), true) => {
                output::json(&serde_json::json!({ "value": value, "explanation": explanation }));
            }
            (Ok(Answer { explanation, .. }), false) => {
                output::line(explanation.to_string().trim_end());
            }
            (Err(refusal), as_json) => {
                refuse(&refusal, as_json);
                return Ok(Ended::Refused);
            }
        }
        Ok(Ended::Done)
    }
}

fn refuse(refusal: &Refusal, as_json: bool) {
    if as_json {
        let (code, message) = (refusal.code(), refusal.message());
        output::json(&serde_json::json!({ "refused": code, "message": message }));
    } else {
        output::line(format!("{}\n{refusal}", refusal.message()));
    }
}
