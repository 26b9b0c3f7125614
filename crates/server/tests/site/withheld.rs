//! What a person and the clerk read while a bank takes dues from the card, and when it could not.

use std::sync::Arc;

use channels::bank_batch::bank_result::{BankResult, Outcome};
use channels::bank_batch::debit::FileLimit;
use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::reason;
use insurance::clerk::Role;
use insurance::ids::{MessageId, PersonId, RunId};
use operations::withholding::book_bank_result::{Origin, book_bank_result};
use operations::withholding::build_debit_batch::{Batch, build_debit_batch};
use policy::Branch;
use server::app::App;
use store::tables::debit::{self, Proof};
use units::Timestamp;

use crate::{as_clerk, as_person, with_every_city_on};

fn at(day: &str) -> Timestamp {
    format!("{day}T09:00:00+08:00").parse().unwrap()
}

/// Sends what is owed to the bank.
fn send(app: &App, day: &str) {
    // The store waits for its server, as no task of the site may.
    tokio::task::block_in_place(|| send_and_wait(app, day));
}

fn send_and_wait(app: &App, day: &str) {
    let (bank, collect_on) = ("ccb".to_owned(), day.parse().unwrap());
    let batch = Batch { bank, collect_on, round: 1, limit: FileLimit { count: 1_000 } };
    let built =
        build_debit_batch(&app.db, &app.city, (&batch, "test"), at(day), &mut |_, _| {}).unwrap();
    assert!(!built.files.is_empty(), "something is owed");
}

/// The bank's answer to a person's last attempts, by branch: no code is money.
fn answer(app: &App, person: PersonId, day: &str, codes: &[(Branch, &str)]) {
    tokio::task::block_in_place(|| answer_and_wait(app, person, day, codes));
}

fn answer_and_wait(app: &App, person: PersonId, day: &str, codes: &[(Branch, &str)]) {
    let month = "2026-11".parse().unwrap();
    let sent = app.db.read(|tx| debit::list_of_people(tx, (person, person), month)).unwrap();
    for (branch, code) in codes {
        let last = sent.iter().rfind(|debit| debit.due.branch == *branch).unwrap();
        let id = EndToEndId { due: last.due, attempt: last.attempt };
        let outcome = match *code {
            "" => Outcome::Collected { amount: None, reference: None, on: None },
            code => {
                let rule = reason::of_code(code);
                let raw = format!("{code} 银行的话");
                Outcome::Rejected { reason: rule.reason, retry: rule.retry, raw }
            }
        };
        let end_to_end_id = id.to_string();
        let result = BankResult { line: 1, original_message_id: None, end_to_end_id, outcome };
        let origin = Origin {
            message: MessageId::from_i64(9),
            run: RunId::from_i64(1),
            proof: Proof::Report,
            on: day.parse().unwrap(),
        };
        let (city, now) = (app.city.clone(), at(day));
        app.db.write(move |tx| book_bank_result(tx, &city, (&result, origin), now)).unwrap();
    }
}

/// What the person reads on their two pages and the clerk on the person's, in one language.
async fn pages(app: &Arc<App>, person: PersonId, language: &str) -> [String; 3] {
    let mut own = as_person(app, person).await;
    let mut clerk = as_clerk(app, Role::Window).await;
    let desk = format!("{language}/desk/people/{person}?reason=at-desk");
    [
        own.get(&format!("{language}/dues")).await.body,
        own.get(&format!("{language}/withholding")).await.body,
        clerk.get(&desk).await.body,
    ]
}

#[test]
fn while_a_bank_takes_dues_everybody_reads_which_and_until_when() {
    with_every_city_on("2026-11-26", |app, people| async move {
        for page in pages(&app, people.zhang, "").await {
            assert!(!page.contains("银行正在扣款"), "{page}");
        }
        send(&app, "2026-11-26");
        for page in pages(&app, people.zhang, "").await {
            for text in ["银行正在扣款", "养老保险、医疗保险正在从您的卡上扣", "11月27日前"]
            {
                assert!(page.contains(text), "{text}: {page}");
            }
        }
        for page in pages(&app, people.zhang, "/en").await {
            let names = "Pension insurance, Medical insurance: please don";
            for text in [names, "answer comes by", "27 November"] {
                assert!(page.contains(text), "{text}: {page}");
            }
        }
        answer(&app, people.zhang, "2026-11-26", &[(Branch::Pension, "")]);
        for page in pages(&app, people.zhang, "").await {
            assert!(page.contains("医疗保险正在从您的卡上扣"), "{page}");
            assert!(!page.contains("养老保险、医疗保险正在"), "the paid one is not there: {page}");
        }
    });
}

#[test]
fn what_a_bank_could_not_take_is_told_with_why_and_what_to_do() {
    with_every_city_on("2026-11-26", |app, people| async move {
        send(&app, "2026-11-26");
        let codes = [(Branch::Pension, "AM04"), (Branch::Medical, "AC04")];
        answer(&app, people.zhang, "2026-11-26", &codes);
        for page in pages(&app, people.zhang, "").await {
            for text in [
                "2026年11月26日，银行没有扣到2026年11月的养老保险，共990.40元：余额不足。",
                "请在下一次扣款前将足额资金存入扣款卡。",
                "2026年11月的医疗保险，共406.20元：账户已销户。",
                "请提供新的扣款账户。",
            ] {
                assert!(page.contains(text), "{text}: {page}");
            }
            assert!(!page.contains("银行正在扣款"), "its answer is there: {page}");
            assert!(!page.contains("银行的话"), "the bank's own words stay with us: {page}");
        }
        for page in pages(&app, people.zhang, "/en").await {
            for text in [
                "On 26 November 2026 the bank could not take pension of November 2026, 990.40 yuan: \
                 not enough money on the card.",
                "Please put enough money on the card before the next withholding.",
                "medical of November 2026, 406.20 yuan: the account is closed.",
                "Please name another account.",
            ] {
                assert!(page.contains(text), "{text}: {page}");
            }
        }
    });
}

#[test]
fn one_reason_for_several_dues_is_one_sentence() {
    with_every_city_on("2026-11-26", |app, people| async move {
        send(&app, "2026-11-26");
        let codes = [(Branch::Pension, "AM04"), (Branch::Medical, "AM04")];
        answer(&app, people.zhang, "2026-11-26", &codes);
        let [dues, ..] = pages(&app, people.zhang, "").await;
        let told = "银行没有扣到2026年11月的养老保险、医疗保险，共1396.60元：余额不足。";
        assert_eq!(dues.matches(told).count(), 1, "{dues}");
    });
}

#[test]
fn a_failure_is_told_until_the_next_attempt_and_its_notice_keeps_it() {
    with_every_city_on("2026-11-27", |app, people| async move {
        send(&app, "2026-11-26");
        let codes = [(Branch::Pension, "AM04"), (Branch::Medical, "AM04")];
        answer(&app, people.zhang, "2026-11-26", &codes);
        send(&app, "2026-11-27");
        let told = "银行没有扣到2026年11月的养老保险、医疗保险，共1396.60元：余额不足。";
        let step = "请在下一次扣款前将足额资金存入扣款卡。";
        let [dues, withholding, desk] = pages(&app, people.zhang, "").await;
        assert!(dues.contains("银行正在扣款") && !dues.contains(told), "{dues}");
        assert!(withholding.contains("银行正在扣款") && !withholding.contains(told));
        assert!(desk.contains("扣款失败"), "{desk}");
        assert_eq!(desk.matches(told).count(), 1, "only the notice: {desk}");
        assert_eq!(desk.matches(step).count(), 1, "only the notice: {desk}");
        answer(&app, people.zhang, "2026-11-27", &[(Branch::Pension, ""), (Branch::Medical, "")]);
        let [dues, ..] = pages(&app, people.zhang, "").await;
        assert!(dues.contains("现在不用缴费") && !dues.contains("扣款没有成功"), "{dues}");
    });
}
