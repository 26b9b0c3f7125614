//! Charges, interest, accounts and pensions against Python's `fractions`, which read the packs'
//! files by themselves. `SHEBAO_TEST_PYTHON` names the Python; it needs 3.11 or the `tomli` that
//! `cargo xtask test` installs.

use std::io::Write;
use std::process::{Command, Stdio};

use insurance::calculator::back_payment::{self, OwedMonth};
use insurance::calculator::individual_account::{self, Deposit};
use insurance::calculator::pension_estimate::{self, Career};
use policy::benefit::DepositsEarn;
use policy::collection::InterestYears;
use policy::{Branch, Pack, shipped};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use units::{Date, Fen, Month, Rate};

/// Questions of each kind.
const CHARGES: usize = 20_000;
const OTHERS: usize = 3_000;

/// A question as Python gets it, and what we answer.
type Asked = (Value, Value);

#[test]
fn python_fractions_come_to_the_same_fen() {
    let mut runner = TestRunner::deterministic();
    let packs: Vec<Pack> =
        shipped::names().into_iter().map(|name| Pack::shipped(name).expect("shipped")).collect();
    let mut asked = Vec::new();
    for _ in 0..CHARGES {
        asked.push(charge(&mut runner, &packs));
    }
    let nanjing = packs.iter().find(|pack| pack.name() == "nanjing").expect("shipped");
    for _ in 0..OTHERS {
        asked.push(interest(&mut runner, nanjing));
        asked.push(account(&mut runner, nanjing));
        asked.push(pension(&mut runner, nanjing));
    }
    let answers = ask_python(&asked);
    assert_eq!(answers.len(), asked.len(), "an answer for each question");
    let differing: Vec<String> = asked
        .iter()
        .zip(&answers)
        .filter(|((_, ours), theirs)| ours != *theirs)
        .map(|((question, ours), theirs)| format!("{question}: {ours}, Python {theirs}"))
        .collect();
    assert!(differing.is_empty(), "{} differ: {:#?}", differing.len(), &differing[..1]);
    let charged = answers.iter().filter(|answer| answer.is_array()).count();
    assert!(charged > asked.len() / 3, "many are answered with money: {charged}");
}

fn pick<T>(runner: &mut TestRunner, strategy: impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).expect("a value").current()
}

fn charge(runner: &mut TestRunner, packs: &[Pack]) -> Asked {
    let (pack, branch, months, days, near, fen) = pick(
        runner,
        (0..packs.len(), 0..3_usize, 0..60_i32, 0..1_500_i32, 0..4_usize, 400_000..3_700_000_i64),
    );
    let (pack, branch) = (&packs[pack], Branch::ALL[branch]);
    let month = Month::new(2023, 1).expect("a month").plus(months);
    let known_on = Date::new(2023, 1, 1).expect("a day").plus_days(days).expect("a day");
    let rules = pack.rules(month, known_on);
    let limits = rules.as_ref().ok().and_then(|rules| rules.base_limits(branch).ok());
    let ends = limits.map(|limits| [limits.floor().fen(), limits.cap().fen()]);
    let fen = ends.and_then(|ends| ends.get(near).copied()).unwrap_or(fen);
    let question = json!(["charge", pack.name(), month, known_on, branch.word(), fen]);
    let charged = rules.map_err(policy::Refusal::from);
    let charged =
        charged.and_then(|rules| rules.charge(branch, Fen::new(fen).expect("not negative")));
    let ours = match charged {
        Ok(charge) => json!([charge.base, charge.amount, charge.account]),
        Err(refusal) => json!(refusal.code()),
    };
    (question, ours)
}

fn interest(runner: &mut TestRunner, pack: &Pack) -> Asked {
    let (fen, back, variant) = pick(runner, (1..100_000_000_i64, 1..120_i32, any::<bool>()));
    let paid_on = Date::new(2026, 10, 8).expect("a day");
    let month = paid_on.month().plus(-back);
    let (years, word) = if variant {
        (InterestYears::AfterTheMonthsYear, "after_the_months_year")
    } else {
        (InterestYears::WithTheMonthsYear, "with_the_months_year")
    };
    let mut rule = pack.topics().back_payment.on(paid_on, paid_on).expect("a rule").clone();
    if let Some(interest) = &mut rule.value.interest {
        interest.years = years;
    }
    let owed = [OwedMonth { month, principal: Fen::new(fen).expect("not negative") }];
    let ours = match back_payment::quote_by(pack, &rule, (Branch::Pension, &owed), paid_on) {
        // Inside the settlement year Python would count its own year's rate, which is not owed.
        Ok(quote) if month.year() == 2026 => {
            assert!(quote.value.interest.is_zero());
            json!([0])
        }
        Ok(quote) => json!([quote.value.interest]),
        Err(refusal) => json!(refusal.code()),
    };
    (json!(["interest", "nanjing", fen, month, paid_on, word]), ours)
}

fn account(runner: &mut TestRunner, pack: &Pack) -> Asked {
    let variants = [
        (DepositsEarn::FromTheMonthAfter, "from_the_month_after"),
        (DepositsEarn::FromTheirMonth, "from_their_month"),
        (DepositsEarn::NotInTheirYear, "not_in_their_year"),
    ];
    let (year, opening, monthly, variant) =
        pick(runner, (2016..2027_i32, 0..1_000_000_000_i64, 0..1_000_000_i64, 0..3_usize));
    let (deposits, word) = variants[variant];
    let known_on = Date::new(2026, 11, 24).expect("a day");
    let mut rule = pack.topics().account_crediting.on(known_on, known_on).expect("a rule").clone();
    rule.value.deposits = deposits;
    let first = Month::new(year, 1).expect("a month");
    let amount = Fen::new(monthly).expect("not negative");
    let deposits: Vec<_> =
        (0..12).map(|count| Deposit { month: first.plus(count), amount }).collect();
    let input = (year, Fen::new(opening).expect("not negative"), &deposits[..]);
    let ours = match individual_account::credit_year_by(pack, &rule, input, known_on) {
        Ok(year) => json!([year.value.opening_interest, year.value.deposit_interest]),
        Err(refusal) => json!(refusal.code()),
    };
    (json!(["account", "nanjing", year, opening, monthly, known_on, word]), ours)
}

fn pension(runner: &mut TestRunner, pack: &Pack) -> Asked {
    let (base, index, months, balance, age_months) = pick(
        runner,
        (500_000..1_500_000_i64, 3_000..30_000_u64, 120..600_u32, 0..100_000_000_i64, 600..840_u32),
    );
    let on = Date::new(2026, 6, 15).expect("a day");
    let career = Career {
        calculation_base: Fen::new(base).expect("not negative"),
        index: Rate::new(index, 10_000).expect("a rate"),
        months,
        account: Fen::new(balance).expect("not negative"),
        age_months,
        other: Fen::ZERO,
    };
    let pension = pension_estimate::estimate(pack, career, on).expect("an age of the table").value;
    let index = format!("{index}/10000");
    let question = json!(["pension", "nanjing", base, index, months, balance, age_months, on]);
    (question, json!([pension.basic, pension.account, pension.total]))
}

fn ask_python(asked: &[Asked]) -> Vec<Value> {
    let python = std::env::var("SHEBAO_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let folder = env!("CARGO_MANIFEST_DIR");
    let mut child = Command::new(python)
        .arg(format!("{folder}/tests/python/oracle.py"))
        .arg(format!("{folder}/../../policies"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python is there; `cargo xtask test` installs it");
    let mut input = child.stdin.take().expect("piped");
    let lines: String = asked.iter().map(|(question, _)| format!("{question}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("Python ends");
    writer.join().expect("no panic").expect("Python reads every question");
    assert!(output.status.success(), "{output:?}");
    let answers = String::from_utf8(output.stdout).expect("UTF-8");
    answers.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}
