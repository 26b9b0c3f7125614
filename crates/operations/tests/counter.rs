//! A bank's counter against the program's operations, on both databases: each row of the rules of
//! a serial, lost answers, calls at the same moment, and the day's end.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

#[path = "counter/bank.rs"]
mod bank;
#[expect(dead_code, reason = "this test needs a part of what the month's tests need")]
#[path = "month/city_of_three.rs"]
mod city_of_three;

use bank::Bank;
use channels::counter_api::day_end::{Action, DayEndState, DayTotal, Finding};
use channels::counter_api::payment::SerialStatus;
use channels::counter_api::problem::ProblemCode;
use insurance::payment::{ChannelKind, Target};
use operations::verify::verify;
use store::tables::payment::{self, Payment, PaymentState};
use store::tables::{channel_day, difference};
use store::testing::for_each_database;
use units::Fen;

#[test]
fn a_quote_is_paid_and_the_person_owes_nothing() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let quote = bank.query(0).unwrap();
        assert_eq!(quote.lines.len(), 3);
        assert_eq!(quote.person.name, "*三");
        assert_eq!(quote.total_fen, quote.lines.iter().map(|line| line.amount_fen).sum());
        let paid = bank.pay("1", &quote).unwrap();
        assert_eq!(paid.amount_fen, quote.total_fen);
        assert!(paid.receipt_text.contains(&paid.amount_capitals));
        let after = bank.query(0).unwrap();
        assert_eq!((after.quote_id, after.total_fen), (None, Fen::ZERO));
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn a_person_needs_both_numbers_and_the_reason_tells_nothing() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let code = |identity: &str, card: &str| bank.query_of(identity, card).unwrap_err();
        assert_eq!(code("320102199001010010", "A10000002"), ProblemCode::PersonNotFound);
        assert_eq!(code("320102199001010010", "A99999999"), ProblemCode::PersonNotFound);
        assert_eq!(code("11010519491231002X", "A10000001"), ProblemCode::PersonNotFound);
        assert_eq!(code("320102199001010011", "A10000001"), ProblemCode::IdentityNumberInvalid);
        assert_eq!(code("320102199001010010", "!"), ProblemCode::CardNumberInvalid);
    });
}

#[test]
fn one_serial_books_once_and_a_repetition_gets_the_same_bytes() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let quote = bank.query(0).unwrap();
        let request = bank.payment("1", &quote);
        let first = bank.send_payment("key-1", &request).unwrap();
        assert_eq!(bank.send_payment("key-1", &request).unwrap(), first, "the same key");
        assert_eq!(bank.send_payment("key-2", &request).unwrap(), first, "another key");
        let mut other = request;
        other.amount_fen += Fen::YUAN;
        assert_eq!(
            bank.send_payment("key-1", &other).unwrap_err(),
            ProblemCode::IdempotencyKeyReused
        );
        assert_eq!(bank.send_payment("key-3", &other).unwrap_err(), ProblemCode::SerialReused);
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn a_quote_is_of_its_bank_its_sum_its_dues_and_its_half_hour() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let quote = bank.query(0).unwrap();
        let mut request = bank.payment("1", &quote);
        request.amount_fen = Fen::YUAN;
        let refused = bank.send_payment("k", &request).unwrap_err();
        assert_eq!(refused, ProblemCode::AmountDiffersFromQuote);

        let mut request = bank.payment("1", &quote);
        request.quote_id.replace_range(0..1, "x");
        let refused = bank.send_payment("k", &request).unwrap_err();
        assert_eq!(refused, ProblemCode::QuoteNotFound);
        let refused = bank.named("icbc").pay("1", &quote).unwrap_err();
        assert_eq!(refused, ProblemCode::QuoteNotFound);

        let refused = bank.later(1801).pay("1", &quote).unwrap_err();
        assert_eq!(refused, ProblemCode::QuoteExpired);

        let due = bank.city.dues(bank.city.person(0))[0];
        let wechat = (ChannelKind::Wechat, "W1");
        bank.city.pay_on("2026-11-10", wechat, due.amount, Target::Due(due.key)).unwrap();
        let refused = bank.pay("1", &quote).unwrap_err();
        assert_eq!(refused, ProblemCode::DuesChanged);
        assert!(bank.pay("1", &bank.query(0).unwrap()).is_ok(), "a refusal uses up no serial");
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn dues_in_a_withholding_are_refused_with_the_day_to_come_back() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let quote = bank.query(0).unwrap();
        let person = bank.city.person(0);
        let due = bank.city.dues(person)[0];
        let attempt = |channel| Payment {
            person,
            id: bank.city.city.fresh(bank.now),
            channel,
            state: PaymentState::Open,
            amount: due.amount,
            opened_at: bank.now,
            expires_at: None,
            run: None,
            detail: None,
        };
        let withholding = attempt(ChannelKind::BankBatch);
        db.write(move |tx| {
            payment::insert(tx, &withholding)?;
            payment::insert_item(tx, withholding.id, &due.key, due.amount)
        })
        .unwrap();
        let problem = bank.query_problem(0);
        assert_eq!(problem.code, ProblemCode::WithholdingInProgress);
        assert_eq!(problem.retry_on.unwrap().to_string(), "2026-12-01");
        assert!(problem.retryable && problem.detail_zh.contains("2026-12-01"));
        assert_eq!(bank.pay("1", &quote).unwrap_err(), ProblemCode::WithholdingInProgress);
        assert!(bank.query(1).is_ok(), "other people are not held up");
    });
}

#[test]
fn not_found_is_final_and_posted_is_told_with_the_receipt() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let quote = bank.query(0).unwrap();
        assert_eq!(bank.ask("1").status, SerialStatus::NotFound);
        assert_eq!(bank.pay("1", &quote).unwrap_err(), ProblemCode::SerialClosed);
        assert_eq!(bank.ask("1").status, SerialStatus::NotFound);
        let paid = bank.pay("2", &quote).unwrap();
        let told = bank.ask("2");
        assert_eq!((told.status, told.payment), (SerialStatus::Posted, Some(paid)));
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn a_reversal_takes_the_payment_back_once_and_the_dues_are_owed_again() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let quote = bank.query(0).unwrap();
        bank.pay("1", &quote).unwrap();
        let mut part = bank.reversal("9", "1", &quote);
        part.amount_fen = Fen::YUAN;
        let refused = bank.send_reversal("p", &part).unwrap_err();
        assert_eq!(refused, ProblemCode::ReversalAmountDiffers);
        let mut tomorrow = bank.reversal("9", "1", &quote);
        tomorrow.accounting_date = tomorrow.accounting_date.next();
        let refused = bank.send_reversal("t", &tomorrow).unwrap_err();
        assert_eq!(refused, ProblemCode::ReversalTooLate);

        let request = bank.reversal("2", "1", &quote);
        let first = bank.send_reversal("r-1", &request).unwrap();
        assert_eq!(bank.send_reversal("r-1", &request).unwrap(), first);
        assert_eq!(bank.send_reversal("r-2", &request).unwrap(), first);
        let told = bank.ask("1");
        assert_eq!(told.status, SerialStatus::Reversed);
        assert!(told.payment.is_some() && told.reversal.unwrap().payment_was_booked);
        let again = bank.query(0).unwrap();
        assert_eq!(again.total_fen, quote.total_fen);
        assert!(bank.pay("3", &again).is_ok());
        assert_eq!(bank.pay("2", &again).unwrap_err(), ProblemCode::SerialReused);
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn a_reversal_before_its_payment_is_answered_and_the_payment_refused() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let quote = bank.query(0).unwrap();
        let request = bank.reversal("2", "1", &quote);
        let answer = bank.send_reversal("r", &request).unwrap();
        assert!(String::from_utf8(answer).unwrap().contains("\"payment_was_booked\":false"));
        assert_eq!(bank.pay("1", &quote).unwrap_err(), ProblemCode::PaymentWasReversed);
        assert_eq!(bank.ask("1").status, SerialStatus::Reversed);
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn the_same_payment_from_many_threads_is_booked_once() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let quote = bank.query(0).unwrap();
        let request = bank.payment("1", &quote);
        let answers: Vec<_> = std::thread::scope(|scope| {
            let calls: Vec<_> = (0..8)
                .map(|number| {
                    let (bank, request) = (&bank, &request);
                    let key = format!("key-{}", number % 4);
                    scope.spawn(move || bank.send_payment(&key, request))
                })
                .collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        let first = answers[0].as_ref().unwrap();
        assert!(answers.iter().all(|answer| answer.as_ref() == Ok(first)));
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn equal_totals_close_the_day_and_then_nothing_more_is_booked_on_it() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let (one, two) = (bank.query(0).unwrap(), bank.query(1).unwrap());
        bank.pay("1", &one).unwrap();
        bank.pay("2", &two).unwrap();
        bank.send_reversal("r", &bank.reversal("3", "2", &two)).unwrap();
        let both = one.total_fen + two.total_fen;
        let total = |count, amount_fen| DayTotal { count, amount_fen };
        let wrong = bank.end_day(total(1, one.total_fen), DayTotal::default());
        assert_eq!(wrong.state, DayEndState::DetailRequired);
        assert_eq!((wrong.payments, wrong.reversals), (total(2, both), total(1, two.total_fen)));
        for _ in 0..2 {
            let right = bank.end_day(total(2, both), total(1, two.total_fen));
            assert_eq!(right.state, DayEndState::Balanced);
        }
        assert_eq!(bank.pay("4", &bank.query(1).unwrap()).unwrap_err(), ProblemCode::DayClosed);
        let late = bank.send_reversal("l", &bank.reversal("5", "1", &one)).unwrap_err();
        assert_eq!(late, ProblemCode::ReversalTooLate);
        bank.balance();
        let day = bank.now.date_in_shanghai();
        let days = db.read(|tx| channel_day::list(tx, day, day)).unwrap();
        assert_eq!((days.len(), days[0].state), (1, channel_day::ChannelDayState::Balanced));
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn a_days_file_is_matched_booked_reversed_or_given_to_an_owner_and_again_the_same() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let (one, two) = (bank.query(0).unwrap(), bank.query(1).unwrap());
        bank.pay("OURS", &one).unwrap();
        let other = Bank { bank: "icbc".to_owned(), ..Bank::of(&bank) };
        let day = "20261110";
        // Serial BANK is known to the bank only, and OURS to us only.
        let yuan = two.total_fen;
        let file = format!("1|{yuan}\n{day}|BANK|A10000002|{yuan}|柜面|缴费|\n");
        let found = bank.send_file(&file).unwrap();
        let lines: Vec<_> = found
            .differences
            .iter()
            .map(|line| (line.bank_serial.as_str(), line.finding, line.action))
            .collect();
        assert_eq!(
            lines,
            [
                ("BANK", Finding::BankOnly, Action::Booked),
                ("OURS", Finding::OursOnly, Action::Reversed)
            ]
        );
        assert_eq!(bank.send_file(&file).unwrap(), found, "the same file, the same findings");
        assert_eq!(bank.query(0).unwrap().total_fen, one.total_fen, "owed again");
        assert_eq!(bank.query(1).unwrap().quote_id, None, "paid by the file's card number");
        assert_eq!(bank.ask("BANK").status, SerialStatus::Posted);
        assert_eq!(bank.ask("OURS").status, SerialStatus::Reversed);

        // A corrected file that says another sum: nobody but a person can tell.
        let less = two.total_fen.saturating_sub(Fen::YUAN);
        let file = format!("1|{less}\n{day}|BANK|A10000002|{less}|柜面|缴费|\n");
        let found = bank.send_file(&file).unwrap();
        assert_eq!(found.differences[0].finding, Finding::AmountDiffers);
        assert_eq!(found.differences[0].action, Action::Owner);
        let open = db.read(|tx| difference::list_open(tx, 10)).unwrap();
        assert_eq!((open.len(), open[0].theirs, open[0].ours), (1, Some(less), Some(yuan)));

        let bad = bank.send_file("2|1.00\nnonsense\n20261110|X||1.00|柜面|缴费|\n").unwrap_err();
        assert_eq!(bad.code, ProblemCode::DailyFileUnreadable);
        assert!(bad.detail.contains("line 2"));
        assert!(other.send_file("0|0.00\n").unwrap().differences.is_empty());
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn an_unknown_customer_in_the_file_is_held_in_suspense() {
    for_each_database(|db| {
        let bank = Bank::new(db);
        let file = "1|12.34\n20261110|N1|A99999999|12.34|柜面|缴费|\n";
        assert_eq!(bank.send_file(file).unwrap().differences[0].action, Action::Booked);
        let held = db.read(|tx| store::tables::suspense::list_open(tx, 10)).unwrap();
        assert_eq!((held.len(), held[0].amount.to_string()), (1, "12.34".to_owned()));
        assert!(verify(db).unwrap().is_clean());
    });
}
