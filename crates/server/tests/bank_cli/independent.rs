//! The files that the commands exchange, read by programs that others wrote: libxml2 reads what was
//! exported, the crate `sepa` what the bank answered. They find the numbers, amounts and reasons that
//! our books hold afterwards.

use std::collections::BTreeMap;
use std::process::Command;

use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::reason;
use insurance::debit::DebitState;
use insurance::ids::PersonId;
use store::Db;
use store::tables::debit::{self, Debit};
use store::tables::debit_failure;

use crate::desk::Desk;

/// What the books hold of each attempt, by its number.
struct Booked {
    debits: BTreeMap<String, Debit>,
    /// Our reason's word, where the attempt failed.
    reasons: BTreeMap<String, String>,
}

fn booked(desk: &Desk) -> Booked {
    let db = Db::open(&desk.url()).unwrap();
    let everybody = (PersonId::from_i64(0), PersonId::from_i64(i64::MAX));
    let month = "2026-11".parse().unwrap();
    let listed = db.read(|tx| debit::list_of_people(tx, everybody, month)).unwrap();
    let number = |due, attempt| EndToEndId { due, attempt }.to_string();
    let mut reasons = BTreeMap::new();
    for each in &listed {
        for failed in db.read(|tx| debit_failure::list(tx, each.due.person, 100)).unwrap() {
            reasons.insert(number(failed.due, 1), failed.reason);
        }
    }
    let numbered = listed.into_iter().map(|debit| (number(debit.due, debit.attempt), debit));
    Booked { debits: numbered.collect(), reasons }
}

/// What libxml2 finds at a path, a text a line.
fn xpath(file: &std::path::Path, path: &str) -> Vec<String> {
    let output = Command::new("xmllint").args(["--nonet", "--xpath", path]).arg(file).output();
    let output = output.expect("xmllint is installed by `cargo xtask test`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn others_read_in_the_exchanged_files_what_our_books_hold() {
    let desk = Desk::with(&["ccb"]);
    desk.export("2026-11-26");
    let sent = desk.sent("ccb");
    let [(path, _)] = sent.as_slice() else { panic!("one file") };
    let transaction = "//*[local-name()='DrctDbtTxInf']";
    let ids = xpath(path, &format!("{transaction}//*[local-name()='EndToEndId']/text()"));
    let amounts = xpath(path, &format!("{transaction}/*[local-name()='InstdAmt']/text()"));
    let files = desk.answers("2026-11-26", "ccb");
    desk.import("2026-11-26", "ccb", &files);
    let books = booked(&desk);
    assert_eq!((ids.len(), amounts.len(), books.debits.len()), (1_200, 1_200, 1_200));
    for (id, amount) in ids.iter().zip(&amounts) {
        assert_eq!(books.debits[id].amount.to_string(), *amount, "{id}");
    }
    let [report, money] = files.as_slice() else { panic!("a report and a notification") };
    check_report(&books, &std::fs::read_to_string(report).unwrap());
    check_money(&books, &std::fs::read_to_string(money).unwrap());
}

/// Each transaction of the status report, as `sepa` reads it, stands in our books.
fn check_report(books: &Booked, xml: &str) {
    let report = sepa::pain002::parse_pain002(xml).unwrap();
    let told: Vec<_> = report.payment_info_statuses.iter().flat_map(|b| &b.transactions).collect();
    assert_eq!(told.len(), books.debits.len());
    let mut refused = 0;
    for line in told {
        let id = line.original_end_to_end_id.as_deref().unwrap();
        let debit = &books.debits[id];
        assert_eq!(line.original_amount_ct, Some(debit.amount.fen()), "{id}");
        assert_eq!(line.is_rejected(), debit.state == DebitState::Rejected, "{id}");
        let code = line.reason_codes.first().map(|code| code.as_code());
        let ours = code.map(|code| reason::of_code(code).reason.word());
        assert_eq!(ours, books.reasons.get(id).map(String::as_str), "{id}");
        refused += usize::from(line.is_rejected());
    }
    assert!(
        refused > 30 && books.reasons.len() == refused,
        "some cards hold too little: {refused}"
    );
}

/// Each credit of the notification, as `sepa` reads it, is a collected attempt, and all are there.
fn check_money(books: &Booked, xml: &str) {
    let notification = sepa::camt054::parse_camt054(xml).unwrap();
    let entries = notification.notifications.iter().flat_map(|each| &each.entries);
    let mut credits = BTreeMap::new();
    for entry in entries {
        let sum: i64 = entry.details.iter().filter_map(sepa::camt::EntryDetail::signed_ct).sum();
        assert_eq!(entry.signed_ct(), Some(sum), "an entry is the sum of its transactions");
        for detail in &entry.details {
            let id = detail.end_to_end_id.clone().unwrap();
            assert_eq!(credits.insert(id, detail.signed_ct().unwrap()), None, "told once");
        }
    }
    let collected = books.debits.iter().filter(|(_, debit)| debit.state == DebitState::Collected);
    let collected: BTreeMap<String, i64> =
        collected.map(|(id, debit)| (id.clone(), debit.amount.fen())).collect();
    assert_eq!(credits, collected);
}
