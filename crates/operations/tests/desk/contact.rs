//! Phone and 社保通: on with both cards, off for the asking.

use insurance::mobile_number::MobileNumber;
use insurance::social_security_card::SocialSecurityCard;
use operations::desk::contact::{Shown, set_phone, switch_off, switch_on};
use store::tables::person;
use store::testing::for_each_database;

use crate::city::{at, form, joins, nanjing, sentence};

#[test]
fn notices_are_switched_on_with_both_cards_and_off_without() {
    for_each_database(|db| {
        let (city, desk) = (nanjing(), at("gulou", "2026-11-10"));
        let id = joins(db, &city, &form("2026-11"), &desk).unwrap();
        let on = |both_cards: bool, card: &str| {
            let shown = Shown { both_cards, card: SocialSecurityCard::parse(card).unwrap() };
            let (city, desk) = (city.clone(), desk.clone());
            db.write(move |tx| switch_on(tx, &city, (id, &shown), &desk))
        };
        let (acting, clerk) = (city.clone(), desk.clone());
        db.write(move |tx| switch_off(tx, &acting, id, &clerk)).unwrap();
        let read = || db.read(|tx| person::find(tx, id)).unwrap().unwrap();
        assert_eq!(read().notices_since, None);
        assert!(sentence(&city, on(false, "A12345678")).zh.contains("身份证和市民卡"));
        on(true, "A12345678").unwrap();
        assert_eq!(read().notices_since, Some(desk.today()));
        assert!(read().card.is_some_and(|card| card.as_str() == "A12345678"), "now on file");
        assert!(sentence(&city, on(true, "B87654321")).zh.contains("不一致"));
    });
}

#[test]
fn a_phone_is_changed_on_any_day_but_a_holiday() {
    for_each_database(|db| {
        let city = nanjing();
        let id = joins(db, &city, &form("2026-09"), &at("gulou", "2026-09-10")).unwrap();
        let set = |day: &str| {
            let phone = MobileNumber::parse("13911112222").unwrap();
            let (city, desk) = (city.clone(), at("gulou", day));
            db.write(move |tx| set_phone(tx, &city, (id, &phone), &desk))
        };
        assert!(sentence(&city, set("2026-10-02")).zh.contains("法定节假日"));
        set("2026-09-28").unwrap();
        let phone = db.read(|tx| person::find(tx, id)).unwrap().unwrap().phone.unwrap();
        assert_eq!(phone.as_str(), "13911112222");
    });
}
