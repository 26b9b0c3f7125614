//! One customer at the counter, with what goes wrong there.
//!
//! The rule for an answer that does not come is the bank's: ask up to three times, then reverse
//! until that is answered; never a new serial for the same cash.

use anyhow::{Context as _, bail};
use channels::counter_api::bank_word::{BankSerial, BankUnit};
use channels::counter_api::payment::{PaymentRequest, SerialStatus, StatusAnswer};
use channels::counter_api::problem::{Problem, ProblemCode};
use channels::counter_api::quote::{Currency, DuesQuery, Quote};
use channels::counter_api::reversal::ReversalRequest;
use channels::http_message::Answer;

use super::client::Client;
use super::journal::Journal;
use super::{Customer, Plan};
use crate::clock::Clock;

/// What goes wrong with a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// The payment's answer is lost; the bank asks.
    LosePayment,
    /// The payment's answer and every status are lost; the bank reverses.
    LoseEverything,
    /// The call is sent three times.
    Repeat,
    /// The customer wants the cash back.
    Reverse,
    /// The bank's reversal overtakes its payment.
    ReverseFirst,
    /// The bank asks before the payment has come through.
    AskFirst,
}

const ASKS_MAX: u32 = 3;
const PATH: &str = "/counter/v1/payments";

/// A teller with one customer.
pub(super) struct Teller<'a> {
    plan: &'a Plan,
    client: &'a Client,
    journal: &'a Journal,
    index: usize,
}

/// What the bank knows of a payment in the end.
enum Fate {
    Paid,
    NotPaid,
}

impl<'a> Teller<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        client: &'a Client,
        journal: &'a Journal,
        index: usize,
    ) -> Self {
        Self { plan, client, journal, index }
    }

    /// Serves a customer from the query to the end.
    pub(super) fn serve(&self, customer: &Customer) -> anyhow::Result<()> {
        let query = DuesQuery {
            identity_number: customer.identity_number.clone(),
            social_security_card: customer.social_security_card.clone(),
        };
        let path = "/counter/v1/dues-query";
        let answer = self.client.until_answered(|| self.client.post(path, None, &query))?;
        let quote: Quote = read(&answer)?;
        let Some(quote_id) = &quote.quote_id else {
            self.journal.not_paid();
            return Ok(());
        };
        let card = &*customer.social_security_card;
        let payment = self.payment(&self.serial("P"), quote_id, &quote)?;
        match self.fault() {
            Fault::AskFirst => {
                let path = status_path(&payment);
                let answer = self.client.until_answered(|| self.client.get(&path))?;
                let status = read::<StatusAnswer>(&answer)?.status;
                anyhow::ensure!(status == SerialStatus::NotFound, "it was not sent: {status:?}");
                self.expect_refusal(&payment, ProblemCode::SerialClosed)?;
                // The city holds the serial closed, so the same cash may have a new one.
                let payment = self.payment(&self.serial("Q"), quote_id, &quote)?;
                self.pay(&payment, card, Fault::None)
            }
            Fault::ReverseFirst => {
                self.reverse(&payment)?;
                self.expect_refusal(&payment, ProblemCode::PaymentWasReversed)?;
                self.journal.not_paid();
                Ok(())
            }
            fault => self.pay(&payment, card, fault),
        }
    }

    fn pay(&self, payment: &PaymentRequest, card: &str, fault: Fault) -> anyhow::Result<()> {
        let serial = payment.bank_serial.as_str();
        let mut answer = self.send(payment)?;
        if fault == Fault::Repeat {
            let (second, third) = (self.send(payment)?, self.send(payment)?);
            for other in [&second, &third].into_iter().flatten() {
                let same = answer.as_ref().is_none_or(|first| first.body == other.body);
                anyhow::ensure!(same || passing(other), "a repetition has another answer");
            }
            answer = answer.or(second).or(third);
        }
        if matches!(fault, Fault::LosePayment | Fault::LoseEverything) {
            self.client.lose();
            answer = None;
        }
        let fate = match answer.filter(|answer| !passing(answer)) {
            Some(answer) if answer.is_success() => Some(Fate::Paid),
            Some(answer) => bail!("refused: {}", String::from_utf8_lossy(&answer.body)),
            None if fault == Fault::LoseEverything => None,
            None => self.ask(payment)?.map(|status| match status {
                SerialStatus::Posted => Fate::Paid,
                SerialStatus::NotFound | SerialStatus::Reversed => Fate::NotPaid,
            }),
        };
        match fate {
            Some(Fate::Paid) if fault != Fault::Reverse => {
                self.journal.paid(serial, card, payment.amount_fen);
            }
            Some(Fate::NotPaid) => self.journal.not_paid(),
            Some(Fate::Paid) | None => {
                let by = self.reverse(payment)?;
                self.journal.reversed(serial, card, (by.as_str(), payment.amount_fen));
            }
        }
        Ok(())
    }

    fn send(&self, payment: &PaymentRequest) -> anyhow::Result<Option<Answer>> {
        let key = format!("pay-{}", payment.bank_serial);
        self.client.post(PATH, Some(&key), payment)
    }

    /// The status, or `None` when three questions got no answer.
    fn ask(&self, payment: &PaymentRequest) -> anyhow::Result<Option<SerialStatus>> {
        let path = status_path(payment);
        for _ in 0..ASKS_MAX {
            match self.client.get(&path)? {
                Some(answer) if !passing(&answer) => {
                    return Ok(Some(read::<StatusAnswer>(&answer)?.status));
                }
                _ => std::thread::sleep(std::time::Duration::from_millis(50)),
            }
        }
        Ok(None)
    }

    /// Reverses a payment, by store and forward, and answers the reversal's serial.
    fn reverse(&self, payment: &PaymentRequest) -> anyhow::Result<BankSerial> {
        let own = BankSerial::parse(&self.serial("R"))?;
        let reversal = ReversalRequest {
            bank_date: payment.bank_date,
            bank_serial: own.clone(),
            accounting_date: payment.accounting_date,
            original_bank_date: payment.bank_date,
            original_bank_serial: payment.bank_serial.clone(),
            branch_code: payment.branch_code.clone(),
            teller: payment.teller.clone(),
            amount_fen: payment.amount_fen,
            currency: Currency::Cny,
        };
        let key = format!("reverse-{own}");
        let path = "/counter/v1/reversals";
        let answer =
            self.client.until_answered(|| self.client.post(path, Some(&key), &reversal))?;
        anyhow::ensure!(
            answer.is_success(),
            "a reversal of the same day is refused: {}",
            String::from_utf8_lossy(&answer.body)
        );
        Ok(own)
    }

    fn expect_refusal(&self, payment: &PaymentRequest, code: ProblemCode) -> anyhow::Result<()> {
        let answer = self.client.until_answered(|| self.send(payment))?;
        let problem: Problem = serde_json::from_slice(&answer.body)?;
        anyhow::ensure!(problem.code == code, "expected {code:?}, not {:?}", problem.code);
        Ok(())
    }

    fn payment(
        &self,
        serial: &str,
        quote_id: &str,
        quote: &Quote,
    ) -> anyhow::Result<PaymentRequest> {
        Ok(PaymentRequest {
            bank_date: self.plan.day,
            bank_serial: BankSerial::parse(serial)?,
            accounting_date: self.plan.day,
            branch_code: BankUnit::parse("S001")?,
            teller: BankUnit::parse("T01")?,
            quote_id: quote_id.to_owned(),
            amount_fen: quote.total_fen,
            currency: Currency::Cny,
            paid_at: Clock::System.now(),
        })
    }

    fn serial(&self, letter: &str) -> String {
        format!("{letter}{}S{}", self.index, self.plan.seed)
    }

    /// Six customers of ten have a fault, by seed and number.
    fn fault(&self) -> Fault {
        let index = u64::try_from(self.index).unwrap_or_default();
        match mixed(self.plan.seed ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15)) % 10 {
            0 => Fault::LosePayment,
            1 => Fault::LoseEverything,
            2 => Fault::Repeat,
            3 => Fault::Reverse,
            4 => Fault::ReverseFirst,
            5 => Fault::AskFirst,
            _ => Fault::None,
        }
    }
}

/// The last step of SplitMix64: near numbers become far ones.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

fn status_path(payment: &PaymentRequest) -> String {
    format!("{PATH}/{}/{}", payment.bank_date, payment.bank_serial)
}

fn passing(answer: &Answer) -> bool {
    answer.status >= 500 || answer.status == 429
}

fn read<T: serde::de::DeserializeOwned>(answer: &Answer) -> anyhow::Result<T> {
    let text = || String::from_utf8_lossy(&answer.body).into_owned();
    anyhow::ensure!(answer.is_success(), "answered {}: {}", answer.status, text());
    serde_json::from_slice(&answer.body).with_context(text)
}
