//! What a case comes to: who is paid what, and why. Computed from the facts each time; what was
//! approved is what is carried out, or it is refused.

use insurance::casework::form::{CaseForm, Payee};
use insurance::ledger::Account;
use policy::collection::SurrenderReason;
use policy::{Explanation, Step, Text};
use store::Tx;
use store::tables::office_case::OfficeCase;
use units::{Date, Fen};

use super::refusal::CaseworkRefusal;
use super::{death, recovery, surrender, suspense, transfer, withdraw_dues, wrong_receipt};
use crate::city::City;

/// One payment that a case leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    /// To whom.
    pub payee: Payee,
    /// How much; a payment of nothing is not ordered.
    pub amount: Fen,
    /// The account of the books that pays.
    pub source: Account,
}

/// What a case comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The steps to the result, with the law behind them.
    pub explanation: Explanation,
    /// Who is paid, in the order of their lines.
    pub payouts: Vec<Payout>,
}

impl Plan {
    /// The sum that leaves.
    #[must_use]
    pub fn amount(&self) -> Fen {
        self.payouts.iter().map(|payout| payout.amount).sum()
    }

    /// What is stored with a proposal and compared before it is carried out: every step and sum,
    /// as JSON of a [`Text`], so that a closed case is still read in either language.
    ///
    /// # Panics
    /// Never: a text holds two strings.
    #[must_use]
    pub fn computed(&self) -> String {
        serde_json::to_string(&self.explanation.in_words()).expect("a text holds two strings")
    }
}

/// What a case comes to on a day.
///
/// # Errors
/// [`CaseworkRefusal`]: what the form asks for can't be done.
pub fn plan(
    tx: &mut Tx<'_>,
    city: &City,
    (case, form): (&OfficeCase, &CaseForm),
    on: Date,
) -> Result<Plan, CaseworkRefusal> {
    match form {
        CaseForm::Surrender { .. } => surrender::plan(tx, city, (case, form), on),
        CaseForm::Death { .. } => death::plan(tx, city, (case, form), on),
        CaseForm::TransferIn { .. } => transfer::plan_in(tx, city, (case, form), on),
        CaseForm::TransferOut { .. } => transfer::plan_out(tx, city, (case, form), on),
        CaseForm::Suspense { .. } => suspense::plan(tx, city, (case, form), on),
        CaseForm::WrongReceipt { .. } => wrong_receipt::plan(tx, city, (case, form), on),
        CaseForm::WrongDue { .. } => withdraw_dues::plan(tx, case, form),
        CaseForm::Objection { about, answer } => plan_answer(about, answer),
        CaseForm::Recovery { .. } => recovery::plan(tx, case, form),
    }
}

/// What must be handed in, by the pack's list.
#[must_use]
pub fn required_evidence(city: &City, form: &CaseForm, on: Date) -> Vec<Text> {
    let reason = match form {
        CaseForm::Surrender { reason, .. } => *reason,
        CaseForm::Death { .. } => SurrenderReason::Death,
        CaseForm::TransferIn { .. }
        | CaseForm::TransferOut { .. }
        | CaseForm::Suspense { .. }
        | CaseForm::WrongReceipt { .. }
        | CaseForm::WrongDue { .. }
        | CaseForm::Objection { .. }
        | CaseForm::Recovery { .. } => return Vec::new(),
    };
    let Ok(rule) = city.pack().topics().surrender.on(on, on) else { return Vec::new() };
    let terms = rule.value.iter().find(|terms| terms.reason == reason);
    terms.map(|terms| terms.evidence.clone()).unwrap_or_default()
}

fn plan_answer(about: &str, answer: &str) -> Result<Plan, CaseworkRefusal> {
    if answer.trim().is_empty() {
        return Err(CaseworkRefusal::TextMustBeFilled);
    }
    let steps = vec![
        Step::new(Text::fixed("异议内容", "what is disputed"), about.trim()),
        Step::new(Text::fixed("核查结果", "what was found"), answer.trim()),
    ];
    let title = Text::fixed("异议处理", "answer to an objection");
    Ok(Plan {
        explanation: Explanation { title, steps, amount: None, pack: None },
        payouts: Vec::new(),
    })
}
