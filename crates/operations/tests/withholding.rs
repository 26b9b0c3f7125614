//! Withholding by a bank that answers well and badly, on both databases.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

#[path = "withholding/bulk.rs"]
mod bulk;
#[path = "withholding/contradiction.rs"]
mod contradiction;
#[path = "withholding/day.rs"]
mod day;
#[path = "withholding/joining.rs"]
mod joining;
#[path = "withholding/order.rs"]
mod order;
#[path = "withholding/reasons.rs"]
mod reasons;
#[path = "withholding/shapes.rs"]
mod shapes;
#[path = "withholding/world.rs"]
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use channels::bank_batch::sandbox::Card;
use channels::bank_batch::sandbox::manner::{Answer, Manner};
use channels::bank_batch::split_mix::SplitMix;
use insurance::debit::DebitState;
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use operations::enrol::MandateForm;
use operations::record_event::{Recorded, record_event};
use operations::withholding::change_mandate::{MandateRefusal, end_mandate, sign_mandate};
use operations::withholding::read_bank_result::ReadResultError;
use operations::withholding::reconcile_bank_day::reconcile_bank_day;
use store::tables::channel_day::ChannelDayState;
use store::tables::payment;
use store::testing::{for_each_database, on_sqlite};
use units::Fen;
use world::{World, account, day};

#[test]
fn people_with_enough_money_pay_and_the_others_are_tried_again() {
    for_each_database(|db| {
        let mut world = World::new(db, 3);
        world.fund(&["9999.00", "1300.00", "0.00"]);
        let mut rng = SplitMix::new(1);
        for answer in world.withhold("2026-11-26", Manner::Plain, &mut rng) {
            world.read(&answer).unwrap();
        }
        world.check();
        assert_eq!(world.states(0), ["paid", "paid", "paid"]);
        assert_eq!(world.states(1), ["paid", "open", "paid"]);
        assert_eq!(world.states(2), ["open", "open", "open"]);

        world.bank.set_card(&account(2), Card::Open(Fen::from_yuan(9_999)));
        for answer in world.withhold("2026-11-27", Manner::Plain, &mut rng) {
            world.read(&answer).unwrap();
        }
        world.check();
        assert_eq!(world.states(1), ["paid", "open", "paid"]);
        assert_eq!(world.states(2), ["paid", "paid", "paid"]);
        let second: Vec<u16> =
            world.debits().iter().filter(|d| d.attempt == 2).map(|d| d.attempt).collect();
        assert_eq!(second.len(), 4, "medical of one, all of another");
    });
}

#[test]
fn a_due_in_an_open_attempt_is_paid_by_no_other_channel_and_sent_by_no_other_batch() {
    for_each_database(|db| {
        let mut world = World::new(db, 1);
        world.fund(&["9999.00"]);
        let built = world.build("2026-11-26").unwrap();
        assert_eq!(built.files[0].debits, 3);
        let person = world.people[0];
        let due = world.dues(person)[0];
        let opened = db.write(move |tx| {
            let id = insurance::ids::PaymentId::from_i64(77);
            payment::insert_item(tx, id, &due.key, due.amount)
        });
        assert_eq!(opened.unwrap(), 0, "the item that locks a due is the bank's");
        let next = world.build("2026-11-27").unwrap();
        assert_eq!(next.files, [], "nothing may be sent while the bank has not answered");
        world.check();
    });
}

#[test]
fn building_again_changes_nothing_and_the_same_file_appears() {
    for_each_database(|db| {
        let world = World::new(db, 40);
        let built = world.build("2026-11-26").unwrap();
        assert_eq!(built.files.len(), 2, "33 people of three dues in a file of at most 100");
        let first = world.hand_over(&built, "2026-11-26");
        let bytes: Vec<Vec<u8>> = first.paths.iter().map(|p| std::fs::read(p).unwrap()).collect();
        assert_eq!(world.build("2026-11-26").unwrap().run, built.run);
        assert_eq!(world.debits().len(), 120);
        for path in &first.paths {
            std::fs::remove_file(path).unwrap();
        }
        db.write(|tx| tx.execute("UPDATE debit_file SET handed_over_at = NULL", &[])).unwrap();
        let again = world.hand_over(&built, "2026-11-26");
        let same: Vec<Vec<u8>> = again.paths.iter().map(|p| std::fs::read(p).unwrap()).collect();
        assert_eq!(same, bytes);
    });
}

#[test]
fn a_person_whose_data_the_file_cannot_carry_is_taken_out_and_the_others_are_sent() {
    for_each_database(|db| {
        let world = World::new(db, 3);
        let damaged = world.people[1];
        db.write(move |tx| {
            let sql = "UPDATE mandate SET holder = $2 WHERE person_id = $1";
            tx.execute(sql, &[damaged.into(), "张\u{b}三".into()])
        })
        .unwrap();
        let built = world.build("2026-11-26").unwrap();
        let handed_over = world.hand_over(&built, "2026-11-26");
        let [(person, reason)] = handed_over.excluded.as_slice() else { panic!("one person") };
        assert_eq!(*person, damaged);
        assert!(!reason.contains('张'), "{reason}");
        let file = channels::bank_batch::sandbox::order_file::read(
            &*std::fs::read(&handed_over.paths[0]).unwrap(),
        )
        .unwrap();
        assert_eq!(file.orders.len(), 6);
        world.check();
    });
}

#[test]
fn the_same_file_twice_has_no_effect_and_another_under_its_name_is_told() {
    for_each_database(|db| {
        let mut world = World::new(db, 2);
        world.fund(&["9999.00"]);
        let answers = world.withhold("2026-11-26", Manner::Plain, &mut SplitMix::new(1));
        let first = world.read(&answers[0]).unwrap();
        assert_eq!((first.collected, first.seen_before), (6, false));
        let again = world.read(&answers[0]).unwrap();
        assert_eq!((again.collected, again.results, again.seen_before), (0, 6, true));
        let money = world.read(&answers[1]).unwrap();
        assert_eq!((money.collected, money.repeated), (0, 6), "a booking confirms the report");
        let text = String::from_utf8(answers[0].bytes.clone()).unwrap();
        let other =
            Answer { bytes: text.replace("ACSC", "ACCC").into_bytes(), ..answers[0].clone() };
        assert_eq!(world.read(&other).unwrap().others_named, 1);
        world.check();
    });
}

#[test]
fn a_file_with_wrong_totals_is_refused_whole() {
    for_each_database(|db| {
        let mut world = World::new(db, 2);
        world.fund(&["9999.00"]);
        let answers = world.withhold("2026-11-26", Manner::BrokenTotals, &mut SplitMix::new(1));
        let refused = world.read(&answers[0]).unwrap_err();
        let ReadResultError::FileMustKeepTheRules { refusal, .. } = &refused else {
            panic!("{refused}")
        };
        assert!(refusal.line > 0 && refusal.element.contains("CstmrPmtStsRpt"));
        assert_eq!(world.received(), Fen::ZERO);
        assert!(world.read(&answers[0]).is_err(), "refused again");
        for answer in &answers[1..] {
            world.read(answer).unwrap();
        }
        assert_eq!(world.states(1), ["paid", "paid", "paid"]);
        world.check();
    });
}

#[test]
fn a_file_that_the_bank_refuses_as_a_whole_ends_each_of_its_attempts() {
    for_each_database(|db| {
        let mut world = World::new(db, 40);
        world.fund(&["9999.00"]);
        let answers = world.withhold("2026-11-26", Manner::Plain, &mut SplitMix::new(1));
        let text = String::from_utf8(answers[0].bytes.clone()).unwrap();
        let start = text.find("<GrpSts>").unwrap();
        let end = text.find("</CstmrPmtStsRpt>").unwrap();
        let refusal = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>TM01</Cd></Rsn></StsRsnInf>\
                       </OrgnlGrpInfAndSts>";
        let bytes = format!("{}{refusal}{}", &text[..start], &text[end..]).into_bytes();
        let read = world.read(&Answer { bytes, ..answers[0].clone() }).unwrap();
        assert_eq!((read.results, read.rejected), (99, 99));
        let open = world.debits().iter().filter(|d| d.state == DebitState::Sent).count();
        assert_eq!(open, 21, "the other file is not meant");
        let again = world.build_round("2026-11-26", 2).unwrap();
        assert_eq!(again.files[0].debits, 99, "after the cut-off: sent again in a new file");
        assert_ne!(again.files[0].id, "FE-20261126-ccb-1-0001");
        world.check();
    });
}

#[test]
fn a_return_asks_for_the_due_again_and_needs_a_new_mandate() {
    for_each_database(|db| {
        let mut world = World::new(db, 30);
        world.fund(&["9999.00"]);
        for answer in world.withhold("2026-11-26", Manner::Returns, &mut SplitMix::new(3)) {
            world.read(&answer).unwrap();
        }
        world.check();
        let debits = world.debits();
        let returned: Vec<_> = debits.iter().filter(|d| d.state == DebitState::Returned).collect();
        assert!(!returned.is_empty());
        assert_eq!(world.build("2026-11-27").unwrap().files, [], "the holder refused");
        let person = returned[0].due.person;
        let form = MandateForm {
            bank: "ccb".to_owned(),
            account_number: "6217001234599999999".to_owned(),
            holder: "张三".to_owned(),
            signed_on: day("2026-11-28"),
        };
        let (city, now) = (world.city.clone(), world.at("2026-11-28"));
        let cause = insurance::cause::Cause::Run(insurance::ids::RunId::from_i64(1));
        db.write(move |tx| sign_mandate(tx, &city, (person, &form), cause, now)).unwrap();
        let again = world.build("2026-11-30").unwrap();
        let expected = returned.iter().filter(|d| d.due.person == person).count();
        assert_eq!(usize::try_from(again.files[0].debits).unwrap(), expected);
        world.check();
    });
}

#[test]
fn mandates_are_checked_signed_and_ended() {
    for_each_database(|db| {
        let world = World::new(db, 1);
        let person = world.people[0];
        let good = MandateForm {
            bank: "icbc".to_owned(),
            account_number: "6222021234567890123".to_owned(),
            holder: "张三".to_owned(),
            signed_on: day("2026-11-20"),
        };
        let sign = |form: MandateForm| {
            let (city, now) = (world.city.clone(), world.at("2026-11-20"));
            let cause = insurance::cause::Cause::Run(insurance::ids::RunId::from_i64(1));
            db.write(move |tx| sign_mandate(tx, &city, (person, &form), cause, now))
        };
        let refused = |form| sign(form).unwrap_err().to_string();
        let bank = MandateForm { bank: "bank of mars".to_owned(), ..good.clone() };
        assert!(refused(bank).contains("no bank that withholds"));
        let account = MandateForm { account_number: "62|17".to_owned(), ..good.clone() };
        assert!(refused(account).contains("account number"));
        let holder = MandateForm { holder: " ".to_owned(), ..good.clone() };
        assert!(refused(holder).contains("holder"));
        let later = MandateForm { signed_on: day("2026-11-21"), ..good.clone() };
        assert!(refused(later).contains("signed today or earlier"));
        sign(good).unwrap();
        assert_eq!(world.build("2026-11-26").unwrap().files, [], "the account is elsewhere now");
        let now = world.at("2026-11-20");
        db.write(move |tx| end_mandate(tx, person, now)).unwrap();
        let ended = db.write(move |tx| end_mandate(tx, person, now)).unwrap_err();
        assert!(matches!(ended, MandateRefusal::MandateMustBeLive));
    });
}

#[test]
fn a_day_agrees_with_the_bookings_and_shows_money_that_was_only_reported() {
    for_each_database(|db| {
        let mut world = World::new(db, 4);
        world.fund(&["9999.00", "1300.00"]);
        let answers = world.withhold("2026-11-26", Manner::UnknownIds, &mut SplitMix::new(1));
        world.read(&answers[0]).unwrap();
        let agreements = [world.agreement.clone()];
        let compare = |world: &World| {
            let about = (agreements.as_slice(), day("2026-11-26"));
            reconcile_bank_day(db, &world.city, about, "test", world.at("2026-11-27")).unwrap()
        };
        let reported_only = compare(&world);
        assert_eq!(reported_only.day.state, ChannelDayState::Differs);
        assert_eq!(reported_only.comparison.differences.len(), 10);
        world.read(&answers[1]).unwrap();
        world.read(&answers[2]).unwrap();
        let booked = compare(&world);
        assert_eq!(booked.comparison.differences, []);
        assert_eq!(booked.comparison.matched.len(), 12, "ten dues and two strangers");
        world.check();
    });
}

#[test]
fn a_second_booking_of_one_attempt_under_another_number_is_held() {
    for_each_database(|db| {
        let mut world = World::new(db, 1);
        world.fund(&["9999.00"]);
        let answers = world.withhold("2026-11-26", Manner::Plain, &mut SplitMix::new(1));
        for answer in &answers {
            world.read(answer).unwrap();
        }
        let once = world.received();
        let text = String::from_utf8(answers[1].bytes.clone()).unwrap();
        let twice = text.replace("<AcctSvcrRef>20261126", "<AcctSvcrRef>30261126");
        let again = Answer {
            name: "again.xml".to_owned(),
            bytes: twice.into_bytes(),
            ..answers[1].clone()
        };
        let held = world.read(&again).unwrap();
        assert_eq!((held.held, held.collected), (3, 0));
        assert_eq!(world.received(), once + once);
        assert_eq!(world.held(), once);
        world.check();
    });
}

#[test]
fn a_part_of_a_due_pays_nothing_and_is_held() {
    for_each_database(|db| {
        let mut world = World::new(db, 1);
        world.fund(&["9999.00"]);
        let answers = world.withhold("2026-11-26", Manner::Plain, &mut SplitMix::new(1));
        let text = String::from_utf8(answers[1].bytes.clone()).unwrap();
        let due = world.dues(world.people[0])[0].amount;
        let total: Fen = world.dues(world.people[0]).iter().map(|due| due.amount).sum();
        let part = Fen::from_yuan(5);
        let text = text
            .replace(&format!(">{due}<"), &format!(">{part}<"))
            .replace(&format!(">{total}<"), &format!(">{}<", total.saturating_sub(due) + part));
        let read = world.read(&Answer { bytes: text.into_bytes(), ..answers[1].clone() }).unwrap();
        assert_eq!((read.collected, read.held), (2, 1));
        assert_eq!(world.states(0), ["open", "paid", "paid"]);
        assert_eq!(world.held(), part);
        world.check();
    });
}

#[test]
fn money_for_a_due_that_was_paid_at_the_counter_meanwhile_is_held() {
    for_each_database(|db| {
        let mut world = World::new(db, 1);
        world.fund(&["9999.00"]);
        let answers = world.withhold("2026-11-26", Manner::Plain, &mut SplitMix::new(1));
        let due = world.dues(world.people[0])[0];
        let event = ChannelEvent::Paid(Paid {
            channel: ChannelKind::Counter,
            reference: "C1".to_owned(),
            amount: due.amount,
            paid_at: world.at("2026-11-26"),
            accounting_on: day("2026-11-26"),
            target: Target::Due(due.key),
        });
        let (city, now) = (world.city.clone(), world.at("2026-11-26"));
        let message = insurance::ids::MessageId::from_i64(1);
        let paid = db.write(move |tx| record_event(tx, &city, &event, message, now)).unwrap();
        assert!(matches!(paid, Recorded::Booked { .. }));
        for answer in &answers {
            world.read(answer).unwrap();
        }
        assert_eq!(world.states(0), ["paid", "paid", "paid"]);
        assert_eq!(world.held(), due.amount, "the second money is held, not absorbed");
        world.check();
    });
}

/// A random month: balances, manners, files lost for a day, repeated, reordered, and the program
/// killed while it reads.
fn random_month(db: &store::Db, seed: u64) {
    let mut rng = SplitMix::new(seed);
    let mut world = World::new(db, 12);
    let balances = ["9999.00", "1470.00", "1300.00", "700.00", "0.00"];
    for index in 0..world.people.len() {
        let card = match rng.below(8) {
            0 => Card::Closed,
            1 => Card::Blocked,
            _ => Card::Open(balances[rng.index(balances.len())].parse().unwrap()),
        };
        world.bank.set_card(&account(index), card);
    }
    let before = world.bank.money();
    let (mut returned, mut strange, mut late) = (Fen::ZERO, Fen::ZERO, Vec::<Answer>::new());
    for on in ["2026-11-26", "2026-11-27", "2026-11-30"] {
        let manner = Manner::ALL[rng.index(Manner::ALL.len())];
        let mut arriving = world.withhold(on, manner, &mut rng);
        world.check();
        if manner == Manner::UnknownIds && !arriving.is_empty() && strange.is_zero() {
            strange = Fen::from_yuan(176);
        } else if manner == Manner::UnknownIds && !arriving.is_empty() {
            strange += Fen::from_yuan(176);
        }
        arriving.append(&mut late);
        let repeats: Vec<Answer> = arriving.iter().filter(|_| rng.below(3) == 0).cloned().collect();
        arriving.extend(repeats);
        rng.shuffle(&mut arriving);
        let keep = if on == "2026-11-30" { arriving.len() } else { rng.index(arriving.len() + 1) };
        late = arriving.split_off(keep);
        for answer in &arriving {
            if rng.below(3) == 0 {
                // Killed in the middle: the first report of progress never returns.
                let _ = catch_unwind(AssertUnwindSafe(|| {
                    world.read_with(answer, &mut |_, _| panic!("killed"))
                }));
            }
            match world.read(answer) {
                Ok(_) | Err(ReadResultError::FileMustKeepTheRules { .. }) => {}
                Err(error) => panic!("seed {seed}: {error}"),
            }
            world.check();
        }
    }
    for answer in &late {
        let _ = world.read(answer);
    }
    world.check();
    for debit in world.debits() {
        assert_ne!(debit.state, DebitState::Sent, "seed {seed}: every attempt was answered");
        if debit.state == DebitState::Returned {
            returned += debit.amount;
        }
    }
    let taken = before.checked_sub(world.bank.money()).unwrap();
    assert_eq!(
        world.received(),
        taken + strange,
        "seed {seed}: every fen that the bank took is booked once"
    );
    assert_eq!(world.held(), strange, "seed {seed}: nothing was taken twice");
    let paid: Fen = world
        .people
        .iter()
        .flat_map(|person| world.dues(*person))
        .filter(|due| format!("{:?}", due.state) == "Paid")
        .map(|due| due.amount)
        .sum();
    assert_eq!(paid + returned, taken, "seed {seed}: no due is paid twice");
}

#[test]
fn no_due_is_ever_paid_twice_whatever_the_bank_does() {
    on_sqlite_seeds(0..25);
    store::testing::on_postgres(|db| random_month(db, 1_001));
}

fn on_sqlite_seeds(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        on_sqlite(|db| random_month(db, seed));
    }
}
