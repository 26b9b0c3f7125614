//! Cases of back-payment, withholding and medical cover.

use policy::collection::{InterestYears, RoundedPer, Shortfall};
use policy::{Branch, Pack, Yuan};
use serde::Deserialize;
use units::{Date, Month};

use super::super::back_payment::{self, OwedMonth};
use super::super::{Refusal, withholding_order};
use super::{Outcome, equal, equal_if, last_knowledge, refused};
use crate::entitlement::{Cover, MedicalMonth, MedicalPayment, cover_on};

/// What catching up costs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BackPaymentCase {
    pub(super) source: String,
    branch: Branch,
    /// The due of each month.
    principal: Yuan,
    first: Month,
    /// The same as `first` for one month.
    last: Option<Month>,
    paid_on: Date,
    /// The pack's own where left out.
    years: Option<InterestYears>,
    rounded_per: Option<RoundedPer>,
    interest: Option<Yuan>,
    is_interest_bearing: Option<bool>,
    refused: Option<String>,
}

impl BackPaymentCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let rule = pack.topics().back_payment.on(self.paid_on, self.paid_on);
        let mut rule = rule.map_err(|e| e.to_string())?.clone();
        if let Some(interest) = &mut rule.value.interest {
            interest.years = self.years.unwrap_or(interest.years);
            interest.rounded_per = self.rounded_per.unwrap_or(interest.rounded_per);
        }
        let months = self.first.through(self.last.unwrap_or(self.first));
        let principal = self.principal.fen();
        let owed: Vec<_> = months.map(|month| OwedMonth { month, principal }).collect();
        let quote = back_payment::quote_by(pack, &rule, (self.branch, &owed), self.paid_on);
        let Some(quote) = refused(quote, Refusal::code, self.refused.as_ref())? else {
            return Ok(());
        };
        equal_if("the interest", quote.value.interest, self.interest.map(Yuan::fen))?;
        let bears = quote.value.parts.iter().any(|part| part.is_interest_bearing);
        equal_if("interest-bearing", bears, self.is_interest_bearing)
    }
}

/// What a card's balance covers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WithholdingCase {
    pub(super) source: String,
    balance: Yuan,
    dues: Vec<(Branch, Yuan)>,
    /// The pack's own where left out.
    shortfall: Option<Shortfall>,
    taken: Vec<Branch>,
    left: Yuan,
}

impl WithholdingCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let latest =
            pack.topics().withholding.entries().last().ok_or("the pack withholds nothing")?;
        let shortfall = self.shortfall.unwrap_or(latest.value.shortfall);
        let dues: Vec<_> = self.dues.iter().map(|(branch, due)| (*branch, due.fen())).collect();
        let balance = self.balance.fen();
        let result = withholding_order::take(balance, &dues, &latest.value.order, shortfall);
        let taken = result.lines.iter().filter(|line| line.is_taken).map(|line| line.branch);
        let words = |branches: Vec<Branch>| {
            branches.iter().map(|branch| branch.word()).collect::<Vec<_>>().join(" ")
        };
        equal("what is taken", words(taken.collect()), words(self.taken))?;
        equal("what is left", result.left, self.left.fen())
    }
}

/// Medical cover on a day.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CoverCase {
    pub(super) source: String,
    first: Month,
    /// For each month from the first, the day of payment, or `unpaid`.
    paid: Vec<String>,
    day: Date,
    cover: String,
    since: Option<Date>,
    /// Whether the person was insured long before, so that no first waiting period runs.
    is_first_joining: bool,
}

impl CoverCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let rule = pack.topics().medical_lapse.on(self.day, last_knowledge());
        let mut rule = rule.map_err(|e| e.to_string())?.value.clone();
        if !self.is_first_joining {
            rule.first_waiting_months = 0;
        }
        let mut months = Vec::new();
        let mut month = self.first;
        for paid in &self.paid {
            let payment = match paid.as_str() {
                "unpaid" => MedicalPayment::Unpaid,
                day => MedicalPayment::Paid(day.parse().map_err(|_| "a day or unpaid")?),
            };
            months.push(MedicalMonth { month, payment });
            month = month.next();
        }
        let (cover, since) = match cover_on(self.day, &months, &rule) {
            Cover::Covered { since } => ("covered", Some(since)),
            Cover::Suspended { since, .. } => ("suspended", Some(since)),
            Cover::Waiting { until } => ("waiting", Some(until)),
            Cover::NotInsured => ("not_insured", None),
        };
        equal("the cover", cover, self.cover)?;
        let text = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        equal_if("since or until", text(since), self.since.map(|day| day.to_string()))
    }
}
