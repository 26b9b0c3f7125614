//! What the bank itself holds to have happened: the cash in its drawers.

use std::collections::BTreeMap;
use std::sync::Mutex;

use units::{Date, Fen};

use super::Outcome;

/// The journal of a day.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Days>);

#[derive(Debug, Default)]
struct Days {
    /// By serial.
    paid: BTreeMap<String, Cash>,
    not_paid: usize,
}

#[derive(Debug)]
struct Cash {
    card: String,
    amount: Fen,
    /// The serial of the reversal that gave it back.
    reversed_by: Option<String>,
}

impl Journal {
    /// Cash stays in the drawer.
    pub(crate) fn paid(&self, serial: &str, card: &str, amount: Fen) {
        let cash = Cash { card: card.to_owned(), amount, reversed_by: None };
        self.lock().paid.insert(serial.to_owned(), cash);
    }

    /// Cash was given back.
    pub(super) fn reversed(&self, serial: &str, card: &str, (by, amount): (&str, Fen)) {
        let cash = Cash { card: card.to_owned(), amount, reversed_by: Some(by.to_owned()) };
        self.lock().paid.insert(serial.to_owned(), cash);
    }

    /// A customer left with their cash.
    pub(super) fn not_paid(&self) {
        self.lock().not_paid += 1;
    }

    /// The day's file in the standard form.
    pub(crate) fn file(&self, day: Date) -> Vec<u8> {
        let journal = self.lock();
        let date = day.to_string().replace('-', "");
        let (mut count, mut sum, mut lines) = (0, Fen::ZERO, String::new());
        let mut line = |serial: &str, cash: &Cash, kind: &str, original: &str| {
            let Cash { card, amount, .. } = cash;
            lines.push_str(&format!("{date}|{serial}|{card}|{amount}|柜面|{kind}|{original}\n"));
            count += 1;
            sum += *amount;
        };
        for (serial, cash) in &journal.paid {
            line(serial, cash, "缴费", "");
            if let Some(by) = &cash.reversed_by {
                line(by, cash, "冲正", serial);
            }
        }
        let text = format!("{count}|{sum}\n{lines}");
        encoding_rs::GBK.encode(&text).0.into_owned()
    }

    /// The counts of the day.
    pub(super) fn outcome(&self) -> Outcome {
        let journal = self.lock();
        let reversed = journal.paid.values().filter(|cash| cash.reversed_by.is_some()).count();
        Outcome {
            paid: journal.paid.len() - reversed,
            reversed,
            not_paid: journal.not_paid,
            ..Outcome::default()
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Days> {
        self.0.lock().expect("no holder of the lock panics")
    }
}
