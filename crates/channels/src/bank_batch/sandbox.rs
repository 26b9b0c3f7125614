//! A bank for the demo and the tests: it has cards with balances, takes withholding files, and
//! answers as real banks do, also badly. The same seed makes the same bank.
//!
//! It works through a file in document order, as the agreement with a real bank says, and takes
//! each debit whole or not at all. Files in reading order: [`order_file`] what it was asked,
//! this file what it does, [`iso_answer`] the files it writes, [`manner`] how it sends them.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use units::{Date, Fen};

use super::bank_result::Outcome;
use order_file::{Order, OrderFile};

pub mod collection;
pub mod iso_answer;
pub mod manner;
pub mod order_file;

/// What happens to a person's later debits after one could not be taken in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortfall {
    /// The next debit is tried; it may be smaller.
    Continue,
    /// The rest of the account's debits in the file are refused.
    Stop,
}

/// A card or account at the sandbox bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// It works and holds this much.
    Open(Fen),
    /// 已销户.
    Closed,
    /// 冻结.
    Blocked,
    /// It belongs to somebody else.
    OfAnother,
}

/// The bank: its cards, and what it has seen.
#[derive(Clone, Debug, Default)]
pub struct SandboxBank {
    cards: BTreeMap<String, Card>,
    files_seen: BTreeSet<String>,
    orders_seen: BTreeSet<String>,
}

/// What the bank did with one debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The end-to-end number, as it came.
    pub end_to_end_id: String,
    /// The amount asked.
    pub amount: Fen,
    /// The bank's own number when it took the money, else the reject code and words.
    pub outcome: Result<String, (&'static str, &'static str)>,
}

impl SandboxBank {
    /// Puts money on a card, or another card state under the number.
    pub fn set_card(&mut self, account: &str, card: Card) {
        self.cards.insert(account.to_owned(), card);
    }

    /// A card, if the bank has it.
    #[must_use]
    pub fn card(&self, account: &str) -> Option<Card> {
        self.cards.get(account).copied()
    }

    /// All money on open cards: what is taken from here must arrive there.
    #[must_use]
    pub fn money(&self) -> Fen {
        self.cards
            .values()
            .map(|card| if let Card::Open(fen) = card { *fen } else { Fen::ZERO })
            .sum()
    }

    /// Works through a file in document order. A file or number seen before takes no money again.
    pub fn process(&mut self, file: &OrderFile, shortfall: Shortfall, on: Date) -> Vec<Settled> {
        let repeated = !self.files_seen.insert(file.message_id.clone());
        let mut stopped = BTreeSet::new();
        let mut settled = Vec::with_capacity(file.orders.len());
        for order in &file.orders {
            let outcome = if repeated {
                Err(("DU01", "文件重复"))
            } else if stopped.contains(&order.account) {
                Err(("AM04", "余额不足"))
            } else {
                self.take(order, on)
            };
            if outcome.is_err() && shortfall == Shortfall::Stop {
                stopped.insert(order.account.clone());
            }
            let (end_to_end_id, amount) = (order.end_to_end_id.clone(), order.amount);
            settled.push(Settled { end_to_end_id, amount, outcome });
        }
        settled
    }

    fn take(&mut self, order: &Order, on: Date) -> Result<String, (&'static str, &'static str)> {
        if !self.orders_seen.insert(order.end_to_end_id.clone()) {
            return Err(("DU04", "交易重复"));
        }
        match self.cards.get_mut(&order.account) {
            None => Err(("AC01", "账号不存在")),
            Some(Card::Closed) => Err(("AC04", "账户已销户")),
            Some(Card::Blocked) => Err(("AC06", "账户冻结")),
            Some(Card::OfAnother) => Err(("BE01", "户名不符")),
            Some(Card::Open(balance)) => {
                *balance = balance.checked_sub(order.amount).ok_or(("AM04", "余额不足"))?;
                Ok(reference(&order.end_to_end_id, on))
            }
        }
    }
}

/// The bank's own number for a booking: the day and twelve digits that the end-to-end number fixes.
pub(crate) fn reference(end_to_end_id: &str, on: Date) -> String {
    let digest = Sha256::digest(end_to_end_id.as_bytes());
    let number = digest.iter().take(7).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!(
        "{:04}{:02}{:02}{:012}",
        on.year(),
        on.month().number(),
        on.day(),
        number % 1_000_000_000_000
    )
}

/// Which of a person's dues a card would pay, in the order of withholding: the preview that people
/// see before the deposit day.
///
/// ```
/// use channels::bank_batch::sandbox::{Shortfall, covered};
/// let dues = ["975.80", "400.32", "97.58"].map(|yuan| yuan.parse().unwrap());
/// let balance = "1080.00".parse().unwrap();
/// assert_eq!(covered(balance, &dues, Shortfall::Continue), [true, false, true]);
/// assert_eq!(covered(balance, &dues, Shortfall::Stop), [true, false, false]);
/// ```
#[must_use]
pub fn covered(balance: Fen, dues: &[Fen], shortfall: Shortfall) -> Vec<bool> {
    let mut left = Some(balance);
    dues.iter()
        .map(|due| {
            let after = left.and_then(|left| left.checked_sub(*due));
            match (after, shortfall) {
                (Some(after), _) => left = Some(after),
                (None, Shortfall::Continue) => {}
                (None, Shortfall::Stop) => left = None,
            }
            after.is_some()
        })
        .collect()
}

impl Settled {
    /// The outcome as a reader of the answer must see it.
    #[must_use]
    pub fn expected(&self, on: Date) -> Outcome {
        match &self.outcome {
            Ok(reference) => Outcome::Collected {
                amount: Some(self.amount),
                reference: Some(reference.clone()),
                on: Some(on),
            },
            Err((code, words)) => Outcome::rejected(code, words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank_batch::sample;

    /// The decision table of withholding: pension 975.80, medical 400.32, unemployment 97.58.
    #[test]
    fn dues_are_taken_whole_in_order_until_the_money_ends() {
        for (balance, by_continue, by_stop) in [
            ("1473.70", "PMU", "PMU"),
            ("1473.69", "PM-", "PM-"),
            ("1376.12", "PM-", "PM-"),
            ("1376.11", "P-U", "P--"),
            ("1080.00", "P-U", "P--"),
            ("975.80", "P--", "P--"),
            ("975.79", "-MU", "---"),
            ("400.32", "-M-", "---"),
            ("97.58", "--U", "---"),
            ("0.00", "---", "---"),
        ] {
            for (shortfall, expected) in
                [(Shortfall::Continue, by_continue), (Shortfall::Stop, by_stop)]
            {
                let debits = sample::debits(1);
                let file = order_file::read(&*sample::pain_008(&debits)).unwrap();
                let mut bank = SandboxBank::default();
                let card = Card::Open(balance.parse().unwrap());
                bank.set_card(&debits[0].account, card);
                let before = bank.money();
                let settled = bank.process(&file, shortfall, "2026-11-26".parse().unwrap());
                let paid: Vec<bool> = settled.iter().map(|s| s.outcome.is_ok()).collect();
                let shown: String = paid
                    .iter()
                    .zip("PMU".chars())
                    .map(|(paid, c)| if *paid { c } else { '-' })
                    .collect();
                assert_eq!(shown, expected, "{balance} {shortfall:?}");
                let amounts: Vec<Fen> = debits.iter().map(|debit| debit.amount).collect();
                assert_eq!(covered(balance.parse().unwrap(), &amounts, shortfall), paid);
                let taken =
                    settled.iter().filter(|s| s.outcome.is_ok()).map(|s| s.amount).sum::<Fen>();
                assert_eq!(bank.money() + taken, before);
            }
        }
    }

    #[test]
    fn a_file_or_a_number_seen_before_takes_no_money_again() {
        let debits = sample::debits(1);
        let file = order_file::read(&*sample::pain_008(&debits)).unwrap();
        let on = "2026-11-26".parse().unwrap();
        let mut bank = SandboxBank::default();
        bank.set_card(&debits[0].account, Card::Open(Fen::from_yuan(10_000)));
        bank.process(&file, Shortfall::Continue, on);
        let left = bank.money();
        let again = bank.process(&file, Shortfall::Continue, on);
        assert!(again.iter().all(|s| s.outcome == Err(("DU01", "文件重复"))));
        let renamed = OrderFile { message_id: "OTHER".to_owned(), ..file };
        let again = bank.process(&renamed, Shortfall::Continue, on);
        assert!(again.iter().all(|s| s.outcome == Err(("DU04", "交易重复"))));
        assert_eq!(bank.money(), left);
    }
}
