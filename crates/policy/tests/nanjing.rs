//! The Nanjing pack as other crates use it.

use policy::{Branch, BranchSet, Pack, Refusal, WindowKind};
use units::{Date, Fen, Month};

fn day(text: &str) -> Date {
    text.parse().expect("tests write days, months and yuan well")
}

fn month(text: &str) -> Month {
    text.parse().expect("tests write days, months and yuan well")
}

fn yuan(text: &str) -> Fen {
    text.parse().expect("tests write days, months and yuan well")
}

#[test]
fn the_first_tier_of_2026_costs_what_was_published_for_2025() {
    let pack = Pack::shipped("nanjing").unwrap();
    let rules = pack.rules(month("2026-09"), day("2026-09-01")).unwrap();
    assert_eq!(rules.open_branches(), BranchSet::ALL);
    let pension = rules.charge(Branch::Pension, yuan("4952")).unwrap();
    assert_eq!(pension.amount, yuan("990.40"));
    assert_eq!(pension.account, yuan("396.16"));
    assert_eq!(pension.pool, yuan("594.24"));
    let medical = rules.charge(Branch::Medical, yuan("8000")).unwrap();
    assert_eq!((medical.base, medical.amount), (yuan("4952"), yuan("406.20")));
    let unemployment = rules.charge(Branch::Unemployment, yuan("8000")).unwrap();
    assert_eq!(unemployment.amount, yuan("99.00"));
    assert!(rules.is_provisional(Branch::Unemployment).unwrap());
}

#[test]
fn a_base_between_tiers_names_its_neighbours() {
    let pack = Pack::shipped("nanjing").unwrap();
    let rules = pack.rules(month("2025-10"), day("2025-10-01")).unwrap();
    let refusal = rules.charge(Branch::Pension, yuan("5000")).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::BaseMustBeTier {
            branch: Branch::Pension,
            chosen: yuan("5000"),
            below: yuan("4952"),
            above: yuan("6000"),
        }
    );
}

#[test]
fn what_was_known_on_a_day_decides() {
    let pack = Pack::shipped("nanjing").unwrap();
    let before = pack.rules(month("2025-03"), day("2025-03-10")).unwrap();
    assert!(before.check_base(Branch::Pension, yuan("4879")).is_ok());
    let after = pack.rules(month("2025-03"), day("2025-09-18")).unwrap();
    assert!(after.check_base(Branch::Pension, yuan("4879")).is_err());
    assert_eq!(after.carried_base(Branch::Pension, yuan("4879")).unwrap(), yuan("4952"));
    assert_eq!(after.carried_base(Branch::Pension, yuan("24396")).unwrap(), yuan("24762"));
}

#[test]
fn a_month_that_no_value_covers_is_refused() {
    let pack = Pack::shipped("nanjing").unwrap();
    let rules = pack.rules(month("2022-12"), day("2026-09-01")).unwrap();
    let refusal = rules.charge(Branch::Pension, yuan("4250")).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "policy pack nanjing has no value of pension_base for 2022-12-01; it covers 2023-01-01 to 2026-12-31"
    );
}

#[test]
fn one_calendar_drives_windows_and_working_days() {
    let pack = Pack::shipped("nanjing").unwrap();
    let calendar = pack.calendar();
    assert!(calendar.is_open(WindowKind::Wechat, day("2026-11-24")).unwrap());
    assert!(!calendar.is_open(WindowKind::Wechat, day("2026-11-25")).unwrap());
    assert!(!calendar.is_open(WindowKind::Desk, day("2026-10-01")).unwrap());
    assert_eq!(
        calendar.next_open_day(WindowKind::Desk, day("2026-09-26")).unwrap(),
        day("2026-10-08")
    );
    for (month_text, last) in
        [("2023-02", "28"), ("2024-02", "29"), ("2026-04", "30"), ("2026-12", "31")]
    {
        let window = calendar.window(WindowKind::Withholding, month(month_text)).unwrap();
        assert_eq!(window.first, day(&format!("{month_text}-26")));
        assert_eq!(window.last, day(&format!("{month_text}-{last}")));
    }
    assert_eq!(calendar.plus_working_days(day("2026-02-09"), 10).unwrap(), day("2026-02-28"));
    assert_eq!(calendar.plus_working_days(day("2026-09-30"), 10).unwrap(), day("2026-10-20"));
}
