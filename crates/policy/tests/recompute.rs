//! Old months give the same fen for ever: a million dues are computed, the pack gets new values for
//! the future, a final value for a provisional one and a correction, and they are computed again.

use policy::pack::PackFile;
use policy::{Branch, Pack, Rules, shipped};
use units::{Date, Fen, Month};

const DUES: usize = 1_000_000;

/// What a lawyer adds in 2027: tiers and a rate of that year, the final floor of 2026, published
/// late, and a correction of 2025.
const ADDED: &str = r#"
[[pension_base]]
from = 2027-01-01
until = 2027-12-31
published = 2026-12-30
value = { tiers = [5100, 6000, 7000, 25500] }
cite = { instrument = "js-2025-33", quote = "2027", confidence = "L" }

[[pension_charge]]
from = 2027-01-01
published = 2026-12-30
value = [{ name = { zh = "养老", en = "pension" }, rate = "19%", account = "8%", round = { unit = "0.01", mode = "half_up" } }]
cite = { instrument = "js-2025-33", quote = "2027", confidence = "L" }

[[pension_base]]
from = 2026-01-01
until = 2026-12-31
published = 2027-03-01
value = { tiers = [5000, 6000, 7000, 8000, 9000, 10000, 12000, 14000, 16000, 18000, 20000, 25000] }
cite = { instrument = "js-2025-33", quote = "2026", confidence = "L" }

[[pension_base]]
from = 2025-01-01
until = 2025-12-31
published = 2027-03-02
corrects = { from = 2025-01-01, published = 2025-09-18, reason = "a test" }
value = { tiers = [4953, 6000, 7000, 8000, 9000, 10000, 12000, 14000, 16000, 18000, 20000, 24763] }
cite = { instrument = "js-2025-33", quote = "2025", confidence = "L" }
"#;

fn files() -> Vec<PackFile> {
    shipped::files("nanjing").expect("a shipped pack")
}

fn with_new_values() -> Pack {
    let mut files = files();
    files.push(("added.toml".to_owned(), format!("checked_on = 2027-03-02\n{ADDED}")));
    Pack::read("nanjing", &files).expect("the pack with new values")
}

/// What was known when a month was assessed: on its first day, and for late joiners on its last.
fn moments() -> Vec<(Month, Date)> {
    let (first, last) = (Month::new(2023, 2), Month::new(2026, 12));
    let months = first.expect("a month").through(last.expect("a month"));
    months.flat_map(|month| [(month, month.first_day()), (month, month.last_day())]).collect()
}

/// The dues of every moment and branch, until there are as many as asked for.
fn dues(pack: &Pack, count: usize) -> Vec<Fen> {
    let compiled: Vec<Rules> = moments()
        .into_iter()
        .map(|(month, known_on)| pack.rules(month, known_on).expect("an encoded month"))
        .collect();
    let chosen = [4_494, 4_879, 4_952, 6_000, 8_000, 20_000, 24_042, 24_762].map(Fen::from_yuan);
    let mut dues = Vec::with_capacity(count);
    for round in 0..count {
        let rules = &compiled[round % compiled.len()];
        let branch = Branch::ALL[round % 3];
        let base = chosen[round / 7 % chosen.len()];
        let base = rules.carried_base(branch, base).expect("an open branch");
        dues.push(rules.charge(branch, base).expect("an allowed base").amount);
    }
    dues
}

#[test]
fn one_million_dues_of_old_months_recompute_to_the_same_fen_after_new_values_are_added() {
    let before = Pack::shipped("nanjing").expect("a shipped pack");
    let after = with_new_values();
    assert_ne!(before.version(), after.version());
    let first = dues(&before, DUES);
    assert_eq!(first.len(), DUES);
    assert!(first == dues(&before, DUES), "an unchanged pack gives the same");
    let differing = first.iter().zip(dues(&after, DUES)).filter(|(a, b)| *a != b).count();
    assert_eq!(differing, 0, "dues that new values changed");
}

#[test]
fn the_new_values_hold_for_what_is_assessed_after_their_publication() {
    let pack = with_new_values();
    let charge = |month: &str, known_on: &str, base: u32| {
        let rules = pack.rules(month.parse().expect("a month"), known_on.parse().expect("a day"));
        let charge = rules.expect("encoded").charge(Branch::Pension, Fen::from_yuan(base));
        charge.map(|charge| charge.amount.to_string()).map_err(|refusal| refusal.code())
    };
    assert_eq!(charge("2027-01", "2027-01-01", 5_100), Ok("969.00".to_owned()));
    assert_eq!(charge("2026-05", "2027-02-28", 4_952), Ok("990.40".to_owned()));
    assert_eq!(charge("2026-05", "2027-03-01", 4_952), Err("base_must_reach_floor"));
    assert_eq!(charge("2025-05", "2027-03-01", 4_952), Ok("990.40".to_owned()));
    assert_eq!(charge("2025-05", "2027-03-02", 4_953), Ok("990.60".to_owned()));
}

#[test]
fn explanations_of_old_months_stay_word_for_word() {
    let (before, after) = (Pack::shipped("nanjing").expect("shipped"), with_new_values());
    for (month, known_on) in moments() {
        let explain = |pack: &Pack| {
            let rules = pack.rules(month, known_on).expect("encoded");
            Branch::ALL.map(|branch| {
                let base = rules.carried_base(branch, Fen::from_yuan(6_000)).expect("open");
                rules.explain(branch, base).expect("allowed").steps
            })
        };
        assert_eq!(explain(&before), explain(&after), "{month} known on {known_on}");
    }
}
