//! Every published example of an identifier, with the standard it comes from, in
//! `data/identifiers.json`.
#![expect(clippy::unwrap_used, reason = "a test that meets a bad vector must stop")]

use insurance::bank_card::BankCard;
use insurance::cnaps_bank_number::{CnapsBankNumber, CnapsBankNumberRefusal};
use insurance::credit_code::{CreditCode, CreditCodeRefusal, organisation_code_holds};
use insurance::identity_number::{IdentityNumber, IdentityNumberRefusal, Sex};
use serde_json::Value;
use units::Date;

fn vectors(pointer: &str) -> Vec<Value> {
    let text = include_str!("data/identifiers.json");
    let all: Value = serde_json::from_str(text).unwrap();
    let found = all.pointer(pointer).and_then(Value::as_array).cloned();
    found.filter(|list| !list.is_empty()).unwrap_or_else(|| panic!("no vectors at {pointer}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn today() -> Date {
    "2026-11-24".parse().unwrap()
}

#[test]
fn identity_numbers_of_the_standard_and_of_every_region_are_read() {
    for vector in vectors("/identity_number/valid") {
        let number = IdentityNumber::parse(text(&vector[0]), today()).unwrap();
        assert_eq!(number.as_str(), text(&vector[0]));
        assert_eq!(number.born_on().to_string(), text(&vector[1]));
        let sex = if text(&vector[2]) == "male" { Sex::Male } else { Sex::Female };
        assert_eq!(number.sex(), sex, "{vector}");
        assert_eq!(IdentityNumber::from_stored(number.as_str()), Ok(number));
    }
    for vector in vectors("/identity_number/folded") {
        let number = IdentityNumber::parse(text(&vector[0]), today()).unwrap();
        assert_eq!(number.as_str(), text(&vector[1]));
    }
}

#[test]
fn wrong_identity_numbers_are_refused_with_their_reason() {
    use IdentityNumberRefusal as R;
    for vector in vectors("/identity_number/refused") {
        let refusal = match text(&vector[1]) {
            "check" => R::CheckCharacterMustMatch,
            "calendar" => R::BirthMustBeACalendarDay,
            "future" => R::BirthMustNotBeInTheFuture,
            "length" => R::MustHaveEighteenCharacters,
            "characters" => R::MustBeDigitsThenDigitOrX,
            "first_generation" => R::MustNotBeFirstGeneration,
            other => panic!("{other}"),
        };
        assert_eq!(IdentityNumber::parse(text(&vector[0]), today()), Err(refusal), "{vector}");
    }
}

#[test]
fn first_generation_numbers_of_old_records_are_upgraded() {
    for vector in vectors("/identity_number/first_generation") {
        let number = IdentityNumber::upgrade_first_generation(text(&vector[0])).unwrap();
        assert_eq!(number.as_str(), text(&vector[1]));
    }
    for not_one in ["11010549123100", "110105491331002", "11010549123100X", "", "身份证"] {
        assert_eq!(IdentityNumber::upgrade_first_generation(not_one), None, "{not_one}");
    }
}

#[test]
fn credit_codes_are_read_and_wrong_ones_refused_with_their_reason() {
    for vector in vectors("/credit_code/valid") {
        let code = CreditCode::parse(text(&vector)).unwrap();
        assert_eq!(code.to_string(), text(&vector));
        assert_eq!(CreditCode::parse(&text(&vector).to_lowercase()), Ok(code));
    }
    for vector in vectors("/credit_code/refused") {
        let refusal = match text(&vector[1]) {
            "check" => CreditCodeRefusal::CheckCharacterMustMatch,
            "alphabet" => CreditCodeRefusal::MustUseItsAlphabet,
            "length" => CreditCodeRefusal::MustHaveEighteenCharacters,
            other => panic!("{other}"),
        };
        assert_eq!(CreditCode::parse(text(&vector[0])), Err(refusal), "{vector}");
    }
}

#[test]
fn organisation_codes_hold_or_not_by_their_own_check() {
    for vector in vectors("/organisation_code/valid") {
        assert!(organisation_code_holds(text(&vector)), "{vector}");
    }
    for vector in vectors("/organisation_code/invalid") {
        assert!(!organisation_code_holds(text(&vector)), "{vector}");
    }
}

#[test]
fn bank_numbers_are_read_and_wrong_ones_refused_with_their_reason() {
    for vector in vectors("/cnaps_bank_number/valid") {
        assert_eq!(CnapsBankNumber::parse(text(&vector)).unwrap().as_str(), text(&vector));
    }
    for vector in vectors("/cnaps_bank_number/refused") {
        let refusal = match text(&vector[1]) {
            "check" => CnapsBankNumberRefusal::CheckDigitMustMatch,
            "length" => CnapsBankNumberRefusal::MustBeTwelveDigits,
            other => panic!("{other}"),
        };
        assert_eq!(CnapsBankNumber::parse(text(&vector[0])), Err(refusal), "{vector}");
    }
}

#[test]
fn the_luhn_digit_is_told_but_never_a_condition() {
    for vector in vectors("/luhn/valid") {
        assert!(BankCard::parse(text(&vector)).unwrap().passes_luhn(), "{vector}");
    }
    for vector in vectors("/luhn/invalid") {
        assert!(!BankCard::parse(text(&vector)).unwrap().passes_luhn(), "{vector}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in "\\PC{0,24}|[0-9Xx１２ ]{12,22}") {
        let _ = IdentityNumber::parse(&text, today());
        let _ = IdentityNumber::upgrade_first_generation(&text);
        let _ = CreditCode::parse(&text);
        let _ = organisation_code_holds(&text);
        let _ = CnapsBankNumber::parse(&text);
        let _ = BankCard::parse(&text).map(|card| (card.passes_luhn(), card.masked()));
        let _ = insurance::mobile_number::MobileNumber::parse(&text);
        let _ = insurance::social_security_card::SocialSecurityCard::parse(&text);
    }
}
