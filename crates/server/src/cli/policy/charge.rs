//! What a month costs, what a late value changes, what of it comes back as subsidy.

use insurance::calculator::{Explained, Refusal, monthly_bill, subsidy};
use policy::adjustment::Assessed;
use policy::{Branch, Explanation, Pack, Text};
use units::{Date, Fen, Month};

use super::explain::Ask;
use super::word::word;

#[derive(clap::Args)]
pub(crate) struct Charge {
    /// The month, YYYY-MM.
    #[arg(long)]
    month: Month,
    /// pension, medical or unemployment.
    #[arg(long, value_parser = word::<Branch>)]
    branch: Branch,
    /// The contribution base that the person chose.
    #[arg(long)]
    base: Fen,
}

impl Charge {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let rules = pack.rules(self.month, today).map_err(Refusal::from)?;
        let value = rules.charge(self.branch, self.base)?.amount;
        Ok(Explained { value, explanation: rules.explain(self.branch, self.base)? }.into())
    }
}

#[derive(clap::Args)]
pub(crate) struct Bill {
    /// The month, YYYY-MM.
    #[arg(long)]
    month: Month,
    /// A chosen insurance; once for each. All that are open where left out.
    #[arg(long = "branch", value_parser = word::<Branch>)]
    branches: Vec<Branch>,
    /// The contribution base that the person chose.
    #[arg(long)]
    base: Fen,
}

impl Bill {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let rules = pack.rules(self.month, today).map_err(Refusal::from)?;
        let chosen = match &self.branches[..] {
            [] => rules.open_branches(),
            chosen => chosen.iter().copied().collect(),
        };
        Ok(monthly_bill::bill(&rules, (chosen, self.base))?.into())
    }
}

#[derive(clap::Args)]
pub(crate) struct Difference {
    /// The month that was assessed, YYYY-MM.
    #[arg(long)]
    month: Month,
    /// pension, medical or unemployment.
    #[arg(long, value_parser = word::<Branch>)]
    branch: Branch,
    /// The contribution base that the person had chosen.
    #[arg(long)]
    base: Fen,
    /// The day whose knowledge the month was assessed with.
    #[arg(long)]
    assessed_on: Date,
}

impl Difference {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let Self { month, branch, base, assessed_on } = *self;
        let assessed = Assessed { branch, month, chosen: base, known_on: assessed_on };
        let adjustment = pack.adjustment(assessed, today)?;
        let explained = adjustment.map(|adjustment| Explained {
            value: adjustment.difference.charge().amount,
            explanation: adjustment.explanation,
        });
        Ok(explained.unwrap_or_else(|| nothing(pack, month)).into())
    }
}

fn nothing(pack: &Pack, month: Month) -> Explained<Fen> {
    let title = Text::made(format!("{month}没有差额"), format!("no difference for {month}"));
    let pack = Some(pack.pack_version());
    let explanation = Explanation { title, steps: Vec::new(), amount: Some(Fen::ZERO), pack };
    Explained { value: Fen::ZERO, explanation }
}

#[derive(clap::Args)]
pub(crate) struct Subsidy {
    /// The month, YYYY-MM.
    #[arg(long)]
    month: Month,
    /// A paid insurance; once for each.
    #[arg(long = "branch", value_parser = word::<Branch>, required = true)]
    branches: Vec<Branch>,
    /// The contribution base that the person chose.
    #[arg(long)]
    base: Fen,
}

impl Subsidy {
    pub(super) fn ask(&self, pack: &Pack, today: Date) -> Ask {
        let rules = pack.rules(self.month, today).map_err(Refusal::from)?;
        let paid = self.branches.iter().copied().collect();
        Ok(subsidy::monthly(pack, &rules, (paid, self.base))?.into())
    }
}
