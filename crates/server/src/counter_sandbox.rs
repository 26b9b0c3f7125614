//! A sandbox bank: many tellers at once who take cash, lose answers, repeat calls and reverse, all
//! by a seed; then the bank sends its own journal of the day and both books must be equal.
//!
//! Files in reading order: [`client`] signed calls, [`teller`] one customer at the counter,
//! [`journal`] what the bank itself holds to have happened.

mod client;
pub(crate) mod journal;
mod teller;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, bail};
use channels::counter_api::day_end::DayDetailAnswer;
use units::Date;

use client::Client;
use journal::Journal;
use teller::Teller;

/// A customer of the sandbox.
#[derive(Clone)]
pub struct Customer {
    /// 公民身份号码.
    pub identity_number: String,
    /// 社会保障卡卡号.
    pub social_security_card: String,
}

/// What the sandbox bank does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the interface is, such as `http://127.0.0.1:8080`.
    pub base: String,
    /// The key's name.
    pub key_id: String,
    /// The shared secret, base64.
    pub secret: String,
    /// How many tellers work at once.
    pub tellers: usize,
    /// What everything random follows from.
    pub seed: u64,
    /// The bank's date and accounting day.
    pub day: Date,
}

/// How the day ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Payments that stand, by the bank's journal.
    pub paid: usize,
    /// Payments that were taken back.
    pub reversed: usize,
    /// Customers who owed nothing or could not pay.
    pub not_paid: usize,
    /// Answers that were lost on purpose or on the way.
    pub lost_answers: usize,
    /// Serials on which the two books agree.
    pub matched: u64,
    /// Serials on which they differ; the city is wrong where there is one.
    pub differences: Vec<String>,
}

/// Serves every customer once, then sends the day's file.
///
/// # Errors
/// An answer that no rule explains, or a city that answers nothing for a minute.
pub fn work(
    plan: &Plan,
    customers: &[Customer],
    progress: &(dyn Fn(u64, u64) + Sync),
) -> anyhow::Result<Outcome> {
    let client = Arc::new(Client::new(plan)?);
    let journal = Journal::default();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let tellers: Vec<_> = (0..plan.tellers.max(1))
            .map(|_| {
                scope.spawn(|| -> anyhow::Result<()> {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(customer) = customers.get(index) else { return Ok(()) };
                        Teller::new(plan, &client, &journal, index)
                            .serve(customer)
                            .with_context(|| format!("customer {index}"))?;
                        progress(count(index) + 1, count(customers.len()));
                    }
                })
            })
            .collect();
        tellers.into_iter().try_for_each(|teller| match teller.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    let file = journal.file(plan.day);
    let path = format!("/counter/v1/day-ends/{}/detail", plan.day);
    let answer = client.until_answered(|| client.post_file(&path, file.clone()))?;
    if !answer.is_success() {
        bail!("the day's file is refused: {}", String::from_utf8_lossy(&answer.body));
    }
    let compared: DayDetailAnswer = serde_json::from_slice(&answer.body)?;
    let differences = compared
        .differences
        .iter()
        .map(|line| format!("{} {:?}", line.bank_serial, line.finding))
        .collect();
    let lost_answers = client.lost();
    Ok(Outcome { matched: compared.matched, differences, lost_answers, ..journal.outcome() })
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
