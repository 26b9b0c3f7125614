//! Stopping, changing and the mandate: only the office that keeps a person changes them.

use operations::change_enrolment::Choice;
use operations::desk::preview_bill::{base_offer, preview_bill};
use operations::desk::{DeskRefusal, change};
use operations::enrol::MandateForm;
use policy::{Branch, BranchSet};
use store::tables::{enrolment, mandate};
use store::testing::for_each_database;
use units::Fen;

use crate::city::{at, both, form, joins, month, nanjing, sentence};

#[test]
fn another_office_only_looks_and_says_who_keeps_the_person() {
    for_each_database(|db| {
        let city = nanjing();
        let id = joins(db, &city, &form("2026-11"), &at("gulou", "2026-11-10")).unwrap();
        let (acting, other) = (city.clone(), at("xuanwu", "2026-11-11"));
        let refused = db.write(move |tx| change::stop(tx, &acting, id, &other));
        let words = sentence(&city, refused);
        assert!(words.zh.starts_with("此人的参保由鼓楼区社会保险经办机构管理"), "{words}");
        let spans = db.read(|tx| enrolment::list(tx, id)).unwrap();
        assert!(spans.iter().all(|span| span.until.is_none()), "{spans:?}");
    });
}

#[test]
fn a_change_and_a_stop_wait_for_the_window_but_a_consent_can_be_taken_back_any_day() {
    for_each_database(|db| {
        let city = nanjing();
        let id = joins(db, &city, &form("2026-11"), &at("gulou", "2026-11-10")).unwrap();
        let bank = MandateForm {
            bank: "ccb".to_owned(),
            account_number: "6217001234567890122".to_owned(),
            holder: "张三".to_owned(),
            signed_on: "2026-11-10".parse().unwrap(),
        };
        let late = at("gulou", "2026-11-27");
        let (acting, desk) = (city.clone(), late.clone());
        db.write(move |tx| change::sign_mandate(tx, &acting, (id, &bank), &desk)).unwrap();
        let choice = Choice { branches: both(), base: Fen::from_yuan(6000) };
        let (acting, desk) = (city.clone(), late.clone());
        let refused = db.write(move |tx| change::change(tx, &acting, (id, choice), &desk));
        assert!(matches!(refused, Err(DeskRefusal::Closed(_))), "{refused:?}");
        let (acting, desk) = (city.clone(), late.clone());
        db.write(move |tx| change::end_mandate(tx, &acting, id, &desk)).unwrap();
        assert!(db.read(|tx| mandate::find_live(tx, id)).unwrap().is_none());
        let (acting, desk) = (city.clone(), late);
        let words =
            sentence(&city, db.write(move |tx| change::end_mandate(tx, &acting, id, &desk)));
        assert!(words.zh.contains("没有生效中的代扣委托"), "{words}");
    });
}

#[test]
fn a_preview_shows_each_month_s_sum_with_its_explanation_and_offers_what_the_pack_allows() {
    let (city, today) = (nanjing(), "2026-11-10".parse().unwrap());
    let choice = Choice { branches: both(), base: Fen::from_yuan(4952) };
    let months = preview_bill(&city, choice, (month("2026-11"), today)).unwrap();
    assert_eq!(months[0].total, "1396.60".parse().unwrap());
    for line in months.iter().flat_map(|month| &month.lines) {
        assert_eq!(line.explanation.amount, Some(line.amount));
        assert!(!line.explanation.steps.is_empty());
    }
    let wrong = Choice { branches: both(), base: Fen::from_yuan(5000) };
    assert!(preview_bill(&city, wrong, (month("2026-11"), today)).is_err());
    let offer = base_offer(&city, (month("2026-11"), today)).unwrap();
    assert!(offer.tiers.contains(&Fen::from_yuan(4952)), "{offer:?}");
    assert!(offer.open.contains(Branch::Medical) && !BranchSet::is_empty(offer.open));
}
