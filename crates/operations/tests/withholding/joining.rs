//! A mandate that comes with an enrolment is checked like one that is signed by itself.

use insurance::cause::Cause;
use insurance::identity_number::IdentityNumber;
use insurance::ids::RunId;
use operations::enrol::{EnrolRefusal, EnrolmentForm, MandateForm, MandateRefusal, enrol};
use policy::{Branch, BranchSet};
use store::tables::person;
use store::testing::for_each_database;
use units::Fen;

use crate::world::{World, day};

#[test]
fn an_enrolment_with_a_mandate_that_no_file_can_carry_is_refused_before_anything_is_written() {
    for_each_database(|db| {
        let world = World::new(db, 1);
        let consent = MandateForm {
            bank: "ccb".to_owned(),
            account_number: "6217001234567890122".to_owned(),
            holder: "李四".to_owned(),
            signed_on: day("2026-11-20"),
        };
        let join = |consent: MandateForm| {
            let form = EnrolmentForm {
                identity: IdentityNumber::parse("320115198512312341", day("2026-11-20")).unwrap(),
                name: "李四".to_owned(),
                card: None,
                phone: None,
                household: None,
                office: "xuanwu".to_owned(),
                branches: [Branch::Pension].into_iter().collect::<BranchSet>(),
                base: Fen::from_yuan(4_952),
                from: "2026-12".parse().unwrap(),
                mandate: Some(consent),
            };
            let (city, now) = (world.city.clone(), world.at("2026-11-20"));
            let cause = Cause::Run(RunId::from_i64(1));
            db.write(move |tx| enrol(tx, &city, &form, cause, now))
        };
        for bad in [
            MandateForm { bank: "bank of mars".to_owned(), ..consent.clone() },
            MandateForm { account_number: "62|17".to_owned(), ..consent.clone() },
            MandateForm { account_number: "1234567".to_owned(), ..consent.clone() },
            MandateForm { holder: " ".to_owned(), ..consent.clone() },
            MandateForm { holder: "李\u{b}四".to_owned(), ..consent.clone() },
            MandateForm { signed_on: day("2026-11-21"), ..consent.clone() },
        ] {
            let refusal = join(bad).unwrap_err();
            let EnrolRefusal::Mandate(refusal) = refusal else { panic!("{refusal}") };
            assert!(!matches!(refusal, MandateRefusal::Store(_)), "{refusal}");
            let people = db.read(|tx| person::list_first(tx, 9)).unwrap();
            assert_eq!(people.len(), 1, "{refusal}: nobody was registered");
        }
        join(consent).unwrap();
    });
}
