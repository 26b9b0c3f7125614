//! `shebao policy explain`: one figure with its steps and citations.

use insurance::calculator::back_payment::{self, OwedMonth};
use insurance::calculator::pension_estimate::{self, Career};
use insurance::calculator::{Explained, Refusal, retirement, subsidy, withholding_order};
use policy::benefit::RetirementCategory;
use policy::{Branch, Pack};
use serde::Serialize;
use units::{Date, Fen, Month, Rate};

use super::super::city::Options;
use super::super::{Ended, output};

/// What can be explained. Money is in yuan; the pack's knowledge is that of today or of `--clock`.
#[derive(clap::Subcommand)]
pub(crate) enum Question {
    /// What a month of one insurance costs.
    Charge(ChargeOf),
    /// What it costs to catch up months that were not paid.
    BackPayment(BackPaymentOf),
    /// When a person retires.
    Retirement(RetirementOf),
    /// An estimate of the monthly pension.
    Pension(PensionOf),
    /// What a card's balance covers on the day of withholding.
    Withholding(WithholdingOf),
    /// The subsidy for a paid month.
    Subsidy(SubsidyOf),
}

#[derive(clap::Args)]
pub(crate) struct ChargeOf {
    /// A shipped city, or the folder of a pack.
    city: String,
    /// The month, YYYY-MM.
    #[arg(long)]
    month: Month,
    /// pension, medical or unemployment.
    #[arg(long, value_parser = branch)]
    branch: Branch,
    /// The contribution base that the person chose.
    #[arg(long)]
    base: Fen,
}

#[derive(clap::Args)]
pub(crate) struct BackPaymentOf {
    /// A shipped city, or the folder of a pack.
    city: String,
    /// pension, medical or unemployment.
    #[arg(long, value_parser = branch)]
    branch: Branch,
    /// What each month would have cost.
    #[arg(long)]
    due: Fen,
    /// The first month, YYYY-MM.
    #[arg(long)]
    first: Month,
    /// The last month, YYYY-MM.
    #[arg(long)]
    last: Month,
    /// The day of paying; today where left out.
    #[arg(long)]
    paid_on: Option<Date>,
}

#[derive(clap::Args)]
pub(crate) struct RetirementOf {
    /// A shipped city, or the folder of a pack.
    city: String,
    /// The month of birth, YYYY-MM.
    #[arg(long)]
    born: Month,
    /// man, woman_55 or woman_50: the age before the delay of 2025.
    #[arg(long, value_parser = category)]
    category: RetirementCategory,
}

#[derive(clap::Args)]
pub(crate) struct PensionOf {
    /// A shipped city, or the folder of a pack.
    city: String,
    /// 计发基数, the calculation base of the month of retirement.
    #[arg(long)]
    calculation_base: Fen,
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

#[derive(clap::Args)]
pub(crate) struct WithholdingOf {
    /// A shipped city, or the folder of a pack.
    city: String,
    /// What is on the card.
    #[arg(long)]
    balance: Fen,
    /// A due, such as pension=990.40; once for each insurance.
    #[arg(long = "due", value_parser = due, required = true)]
    dues: Vec<(Branch, Fen)>,
    /// The day of withholding; today where left out.
    #[arg(long)]
    on: Option<Date>,
}

#[derive(clap::Args)]
pub(crate) struct SubsidyOf {
    /// A shipped city, or the folder of a pack.
    city: String,
    /// The month, YYYY-MM.
    #[arg(long)]
    month: Month,
    /// A paid insurance; once for each.
    #[arg(long = "branch", value_parser = branch, required = true)]
    branches: Vec<Branch>,
    /// The contribution base that the person chose.
    #[arg(long)]
    base: Fen,
}

pub(super) fn run(options: &Options, question: &Question) -> anyhow::Result<Ended> {
    let (Question::Charge(ChargeOf { city, .. })
    | Question::BackPayment(BackPaymentOf { city, .. })
    | Question::Retirement(RetirementOf { city, .. })
    | Question::Pension(PensionOf { city, .. })
    | Question::Withholding(WithholdingOf { city, .. })
    | Question::Subsidy(SubsidyOf { city, .. })) = question;
    let pack = super::pack(city)?;
    let today = super::today(options);
    match question {
        Question::Charge(asked) => show(options, charge(&pack, asked, today)),
        Question::BackPayment(asked) => show(options, back_payment(&pack, asked, today)),
        Question::Retirement(asked) => {
            show(options, retirement::retirement(&pack, asked.born, asked.category, today))
        }
        Question::Pension(asked) => show(options, pension(&pack, asked, today)),
        Question::Withholding(asked) => {
            let on = asked.on.unwrap_or(today);
            show(options, withholding_order::withhold(&pack, asked.balance, &asked.dues, on))
        }
        Question::Subsidy(asked) => show(options, subsidy(&pack, asked, today)),
    }
}

fn charge(pack: &Pack, asked: &ChargeOf, today: Date) -> Result<Explained<Fen>, Refusal> {
    let rules = pack.rules(asked.month, today)?;
    let value = rules.charge(asked.branch, asked.base)?.amount;
    Ok(Explained { value, explanation: rules.explain(asked.branch, asked.base)? })
}

fn back_payment(
    pack: &Pack,
    asked: &BackPaymentOf,
    today: Date,
) -> Result<Explained<back_payment::BackPayment>, Refusal> {
    let months = asked.first.through(asked.last);
    let owed: Vec<_> = months.map(|month| OwedMonth { month, principal: asked.due }).collect();
    back_payment::quote(pack, asked.branch, &owed, asked.paid_on.unwrap_or(today))
}

fn pension(
    pack: &Pack,
    asked: &PensionOf,
    today: Date,
) -> Result<Explained<pension_estimate::Pension>, Refusal> {
    let career = Career {
        calculation_base: asked.calculation_base,
        index: asked.index,
        months: asked.months,
        account: asked.account,
        age_months: asked.age_months,
        other: asked.other,
    };
    pension_estimate::estimate(pack, career, asked.on.unwrap_or(today))
}

fn subsidy(pack: &Pack, asked: &SubsidyOf, today: Date) -> Result<Explained<Fen>, Refusal> {
    let rules = pack.rules(asked.month, today)?;
    subsidy::monthly(pack, &rules, (asked.branches.iter().copied().collect(), asked.base))
}

fn show<T: Serialize>(
    options: &Options,
    result: Result<Explained<T>, Refusal>,
) -> anyhow::Result<Ended> {
    match (result, options.json) {
        (Ok(explained), true) => output::json(&serde_json::to_value(explained)?),
        (Ok(explained), false) => output::line(explained.explanation.to_string().trim_end()),
        (Err(refusal), as_json) => {
            if as_json {
                let (code, message) = (refusal.code(), refusal.message());
                output::json(&serde_json::json!({ "refused": code, "message": message }));
            } else {
                output::line(format!("{}\n{refusal}", refusal.message()));
            }
            return Ok(Ended::Refused);
        }
    }
    Ok(Ended::Done)
}

fn branch(word: &str) -> Result<Branch, String> {
    let known = Branch::ALL.into_iter().find(|branch| branch.word() == word);
    known.ok_or_else(|| format!("write {}", Branch::ALL.map(Branch::word).join(", ")))
}

fn due(written: &str) -> Result<(Branch, Fen), String> {
    let (word, amount) = written.split_once('=').ok_or("write it as pension=990.40")?;
    Ok((branch(word)?, amount.parse().map_err(|error| format!("{amount}: {error}"))?))
}

fn category(word: &str) -> Result<RetirementCategory, String> {
    match word {
        "man" => Ok(RetirementCategory::Man),
        "woman_55" => Ok(RetirementCategory::Woman55),
        "woman_50" => Ok(RetirementCategory::Woman50),
        _ => Err("write man, woman_55 or woman_50".to_owned()),
    }
}
