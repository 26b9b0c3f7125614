//! Settlement years that are not calendar years: whether a month bears interest, and how much, are
//! two results.

use insurance::calculator::back_payment::{self, OwedMonth};
use policy::{Branch, Pack, shipped};
use units::{Date, Fen, Month};

/// Nanjing with pension years from July to June.
fn pack() -> Pack {
    let mut files = shipped::files("nanjing").expect("a shipped pack");
    files.retain(|(path, _)| path.ends_with(".toml") && !path.starts_with("cases/"));
    for (_, text) in &mut files {
        *text = text.replace("[[pension_settlement_year]]", "[[medical_settlement_year]]");
    }
    let year = |first: i32| {
        format!(
            "[[pension_settlement_year]]\nfrom = {first}-07-01\nuntil = {}-06-30\n\
             published = {first}-07-01\nvalue = {{ name = \"{first}\" }}\n\
             cite = {{ instrument = \"nanjing-guide\", quote = \"q\", confidence = \"L\" }}\n",
            first + 1
        )
    };
    let years: String = (2022..2027).map(year).collect();
    files.push(("years.toml".to_owned(), format!("checked_on = 2026-11-24\n{years}")));
    files.retain(|(path, _)| path != "settlement_years.toml");
    Pack::read("nanjing", &files).expect("a pack")
}

fn quote(month: &str, paid_on: &str) -> back_payment::BackPayment {
    let month: Month = month.parse().expect("a month");
    let owed = [OwedMonth { month, principal: Fen::from_yuan(1_000) }];
    let paid_on: Date = paid_on.parse().expect("a day");
    let quote = back_payment::quote(&pack(), Branch::Pension, &owed, paid_on);
    quote.expect("a quote").value
}

#[test]
fn a_month_of_the_year_before_bears_interest_even_where_no_whole_year_lies_between() {
    let quote = quote("2026-05", "2026-09-15");
    assert!(quote.parts[0].is_interest_bearing);
    assert_eq!(quote.interest, Fen::ZERO);
}

#[test]
fn a_month_of_the_calendar_year_before_bears_none_inside_the_settlement_year() {
    let quote = quote("2025-12", "2026-03-15");
    assert!(!quote.parts[0].is_interest_bearing);
    assert_eq!(quote.interest, Fen::ZERO);
}

#[test]
fn a_month_two_calendar_years_back_bears_the_rate_of_the_year_between() {
    let quote = quote("2024-05", "2026-09-15");
    assert!(quote.parts[0].is_interest_bearing);
    assert_eq!(quote.interest.to_string(), "15.00");
}
