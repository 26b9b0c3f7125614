//! A hospital asks who is covered: with a key of its own, and every question leaves a look.

use insurance::identity_number::IdentityNumber;
use serde_json::{Value, json};
use store::tables::{access_log, person};
use store::testing::for_each_url_text;
use store::{Db, Tx};

use crate::bank::Bank;
use crate::city::{City, DAY, IDENTITY};
use crate::history::somebody_suspended;

/// Well-formed, and nobody's.
const STRANGER: &str = "110101199003070054";

#[test]
fn a_hospital_learns_who_is_covered_and_why_and_nothing_else_with_its_key() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let bank = city.add_key("ccb", super::Algorithm::HmacSha256);
        let hospital = city.add_hospital_key("gulou-hospital");
        let server = city.serve();
        let (bank, hospital) = (Bank::new(&server.base, &bank), Bank::new(&server.base, &hospital));
        let path = "/hospital/v1/cover-query";
        let ask = |caller: &Bank, identity: &str, date: &str| {
            let query = json!({ "identity_number": identity, "date": date });
            caller.send(&caller.signed(path, &query))
        };
        let (status, answer) = ask(&hospital, IDENTITY, DAY);
        assert_eq!((status, &answer["covered"]), (200, &json!(false)), "{answer}");
        let why = (&answer["reason"], &answer["covered_from"]);
        assert_eq!(why, (&json!("waiting"), &json!("2027-02-01")), "who joins in November waits");
        assert_eq!(answer["person"]["name"], "*三", "{answer}");
        assert!(answer["explanation_zh"].as_str().unwrap().contains("自2027-02-01起"), "{answer}");

        let (status, before) = ask(&hospital, IDENTITY, "2026-10-31");
        assert_eq!((status, &before["reason"]), (200, &json!("not_insured")), "{before}");
        let (status, nobody) = ask(&hospital, STRANGER, DAY);
        assert_eq!((status, &nobody["reason"]), (200, &json!("not_insured")), "{nobody}");
        assert_eq!(nobody["person"], Value::Null);
        let (status, refused) = ask(&hospital, IDENTITY, "2026-11-11");
        assert_eq!((status, &refused["field"]), (400, &json!("date")), "{refused}");
        let (status, refused) = ask(&hospital, "320102199001010011", DAY);
        assert_eq!((status, &refused["code"]), (422, &json!("identity_number_invalid")));

        let not_allowed = (403, json!("caller_not_allowed"));
        let (status, refused) = ask(&bank, IDENTITY, DAY);
        assert_eq!((status, refused["code"].clone()), not_allowed);
        let (status, refused) = hospital.query_first();
        assert_eq!((status, refused["code"].clone()), not_allowed);
        let add = ["counter", "key", "add", "--bank", "gulou-hospital", "--key-id", "b"];
        assert!(city.refused(&add).contains("of the other kind"));
        drop(server);

        let db = Db::open(&url.parse().unwrap()).unwrap();
        let looks = db.read(|tx: &mut Tx<'_>| {
            let identity = IdentityNumber::from_stored(IDENTITY).unwrap();
            let person = person::find_by_identity(tx, &identity)?.unwrap();
            access_log::list(tx, person, 10)
        });
        let looks: Vec<_> =
            looks.unwrap().into_iter().map(|look| (look.actor, look.what)).collect();
        let look = |what: &str| ("gulou-hospital".to_owned(), what.to_owned());
        assert_eq!(looks, [look("cover-query 2026-10-31"), look("cover-query 2026-11-10")]);
        city.verify();
    });
}

#[test]
fn a_hospital_sees_a_payment_at_the_counter_and_its_reversal_at_the_next_question() {
    for_each_url_text(|url| {
        let city = City::empty(url);
        somebody_suspended(url);
        let key = city.add_key("ccb", super::Algorithm::HmacSha256);
        let hospital = city.add_hospital_key("gulou-hospital");
        let server = city.serve();
        let (bank, hospital) = (Bank::new(&server.base, &key), Bank::new(&server.base, &hospital));
        let cover = || {
            let query = json!({ "identity_number": IDENTITY, "date": DAY });
            let (status, answer) =
                hospital.send(&hospital.signed("/hospital/v1/cover-query", &query));
            assert_eq!(status, 200, "{answer}");
            (answer["covered"] == true, answer["reason"].as_str().unwrap().to_owned())
        };
        assert_eq!(cover(), (false, "suspended".to_owned()));

        let (_, quote) = bank.query_first();
        let paid = json!({
            "bank_date": DAY, "bank_serial": "1", "accounting_date": DAY, "branch_code": "320600001",
            "teller": "T7", "quote_id": quote["quote_id"], "amount_fen": quote["total_fen"],
            "currency": "CNY", "paid_at": "2026-11-10T09:00:00+08:00",
        });
        let (status, answer) = bank.send(&bank.named("pay-1", "/counter/v1/payments", &paid));
        assert_eq!(status, 200, "{answer}");
        assert!(cover().0, "in the payment's own transaction: {:?}", cover());

        let reversed = json!({
            "bank_date": DAY, "bank_serial": "2", "accounting_date": DAY,
            "original_bank_date": DAY, "original_bank_serial": "1", "branch_code": "320600001",
            "teller": "T7", "amount_fen": quote["total_fen"], "currency": "CNY",
        });
        let (status, answer) = bank.send(&bank.named("back-1", "/counter/v1/reversals", &reversed));
        assert_eq!(status, 200, "{answer}");
        assert_eq!(cover(), (false, "suspended".to_owned()), "as if it had never been paid");
        drop(server);
        city.verify();
    });
}
