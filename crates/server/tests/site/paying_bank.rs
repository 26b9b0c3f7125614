//! The bank that withholds from the invented city's cards, as far as pages show what it does.

use channels::bank_batch::bank_result::{BankResult, Outcome};
use channels::bank_batch::debit::FileLimit;
use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::reason;
use insurance::ids::{MessageId, PersonId, RunId};
use operations::withholding::book_bank_result::{Origin, book_bank_result};
use operations::withholding::build_debit_batch::{Batch, build_debit_batch};
use policy::Branch;
use server::app::App;
use store::tables::debit::{self, Proof};
use units::Timestamp;

fn at(day: &str) -> Timestamp {
    format!("{day}T09:00:00+08:00").parse().unwrap()
}

/// Sends what is owed to the bank.
pub(crate) fn send(app: &App, day: &str) {
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
pub(crate) fn answer(app: &App, person: PersonId, day: &str, codes: &[(Branch, &str)]) {
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
