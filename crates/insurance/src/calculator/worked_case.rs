//! Worked cases of a pack: `cases/*.toml`, each an input and what a document expects of it.
//!
//! Files in reading order: [`charge`] amounts and bases, [`calendar`] days, [`arrears`]
//! back-payment, withholding and cover, [`pension`] accounts, ages, pensions and grants.

mod arrears;
mod calendar;
mod charge;
mod pension;

use policy::Pack;
use policy::problem::{Place, Problem};
use serde::Deserialize;
use toml::Spanned;
use units::Date;

macro_rules! kinds {
    ($($kind:ident: $case:ty),+ $(,)?) => {
        /// The cases of one file.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Cases {
            $(#[serde(default)] $kind: Vec<Spanned<$case>>,)+
        }

        impl Cases {
            /// What came out differently, and how many cases there are.
            fn run(self, pack: &Pack) -> (usize, Vec<(usize, String)>) {
                let (mut count, mut found) = (0, Vec::new());
                $(for case in self.$kind {
                    count += 1;
                    let byte = case.span().start;
                    let case = case.into_inner();
                    let source = case.source.clone();
                    if let Err(message) = case.check(pack) {
                        let kind = stringify!($kind);
                        found.push((byte, format!("{kind}: {message} (source: {source})")));
                    }
                })+
                (count, found)
            }
        }
    };
}

kinds! {
    charge: charge::ChargeCase,
    total: charge::TotalCase,
    percentage: charge::PercentageCase,
    carried: charge::CarriedCase,
    adjustment: charge::AdjustmentCase,
    subsidy: charge::SubsidyCase,
    late_fee: charge::LateFeeCase,
    window: calendar::WindowCase,
    open: calendar::OpenCase,
    working_days: calendar::WorkingDaysCase,
    time_limit: calendar::TimeLimitCase,
    settlement_year: calendar::SettlementYearCase,
    back_payment: arrears::BackPaymentCase,
    withholding: arrears::WithholdingCase,
    cover: arrears::CoverCase,
    account_year: pension::AccountYearCase,
    surrender: pension::SurrenderCase,
    survivors: pension::SurvivorsCase,
    retirement: pension::RetirementCase,
    minimum_months: pension::MinimumMonthsCase,
    divisor: pension::DivisorCase,
    pension: pension::PensionCase,
}

/// `Err` says what was expected and what came out.
type Outcome = Result<(), String>;

/// What the cases of a pack found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many cases ran.
    pub count: usize,
    /// Those that came out differently, with file and line.
    pub problems: Vec<Problem>,
}

/// Runs every worked case of a pack.
#[must_use]
pub fn run(pack: &Pack) -> Report {
    let mut report = Report { count: 0, problems: Vec::new() };
    for (file, text) in pack.case_files() {
        let place = |byte: usize| {
            let before = text.get(..byte).unwrap_or(text);
            Place { file: file.clone(), line: before.matches('\n').count() + 1 }
        };
        match toml::from_str::<Cases>(text) {
            Ok(cases) => {
                let (count, found) = cases.run(pack);
                report.count += count;
                report.problems.extend(found.into_iter().map(|(byte, message)| Problem {
                    place: place(byte),
                    kind: "contradicts",
                    message,
                }));
            }
            Err(error) => report.problems.push(Problem {
                place: place(error.span().map_or(0, |span| span.start)),
                kind: "unreadable",
                message: error.message().to_owned(),
            }),
        }
    }
    report
}

/// A day after every publication: all that the pack says.
fn last_knowledge() -> Date {
    Date::new(9999, 12, 31).expect("the last day that dates have")
}

#[expect(clippy::needless_pass_by_value, reason = "callers hand over money, days and words alike")]
fn equal(what: &str, got: impl ToString, expected: impl ToString) -> Outcome {
    let (got, expected) = (got.to_string(), expected.to_string());
    if got == expected {
        return Ok(());
    }
    Err(format!("{what} is expected to be {expected}, but the pack gives {got}"))
}

/// Compares where the case expects something.
fn equal_if(what: &str, got: impl ToString, expected: Option<impl ToString>) -> Outcome {
    expected.map_or(Ok(()), |expected| equal(what, got, expected))
}

/// The result, or the comparison of a refusal with the code that the case expects.
fn refused<T, E: std::fmt::Display>(
    result: Result<T, E>,
    code: impl Fn(&E) -> &'static str,
    expected: Option<&String>,
) -> Result<Option<T>, String> {
    match (result, expected) {
        (Ok(value), None) => Ok(Some(value)),
        (Ok(_), Some(expected)) => {
            Err(format!("is expected to be refused with {expected}, but the pack allows it"))
        }
        (Err(refusal), Some(expected)) => {
            equal("the refusal", code(&refusal), expected).map(|()| None)
        }
        (Err(refusal), None) => Err(format!("is refused: {refusal}")),
    }
}
