//! The counters of the demo: a bank's core system asks what a customer owes, pays the cash in, and
//! sends its file of each day, with the messages and rules of the counter interface. The calls
//! come by function instead of HTTP; `shebao counter sandbox` makes them over the network, signed.

use std::collections::BTreeMap;

use channels::counter_api::bank_word::{BankSerial, BankUnit};
use channels::counter_api::daily_file::standard_profile;
use channels::counter_api::day_end::DayDetailAnswer;
use channels::counter_api::payment::PaymentRequest;
use channels::counter_api::quote::{Currency, DuesQuery};
use channels::counter_api::quote_seal::QuoteSeal;
use insurance::person::Person;
use operations::City;
use operations::counter::compare_day::{DailyFile, compare_day};
use operations::counter::pay::pay;
use operations::counter::query_dues::query_dues;
use operations::counter::{Call, CounterError, NamedCall};
use store::Tx;
use units::{Date, Fen, Timestamp};

use crate::app::App;
use crate::counter_sandbox::journal::Journal;

/// The bank at whose counters the people of Nanjing pay: China Construction Bank.
const BANK: &str = "ccb";

/// A customer with cash.
#[derive(Clone)]
pub(super) struct Visit {
    /// Their line in the file of the demo's people: the end of the bank's serial.
    pub(super) line: u64,
    /// The day they come.
    pub(super) day: Date,
    /// Who they are.
    pub(super) person: Person,
}

/// The bank's own books of its days.
#[derive(Default)]
pub(super) struct Bank {
    days: BTreeMap<Date, Journal>,
}

impl Bank {
    /// Serves customers, all in one transaction. Answers how many paid.
    ///
    /// # Errors
    /// A refusal: in the demo every customer has both cards, owes something and comes in the window.
    pub(super) fn serve(&mut self, app: &App, visits: &[Visit]) -> anyhow::Result<u64> {
        let (city, customers) = (app.city.clone(), visits.to_vec());
        let paid = app.db.bulk_write(move |tx| {
            let seal = QuoteSeal::new(&[0; 32]);
            customers
                .iter()
                .map(|visit| serve(tx, &city, &seal, visit))
                .collect::<Result<Vec<_>, _>>()
        });
        let paid: Vec<Fen> = paid.map_err(said)?;
        for (visit, amount) in visits.iter().zip(&paid) {
            let card = visit.person.card.as_ref().map_or("", |card| card.as_str());
            self.days.entry(visit.day).or_default().paid(&serial_of(visit), card, *amount);
        }
        Ok(paid.len() as u64)
    }

    /// Sends the file of every day on its next morning. Answers how many days there were.
    ///
    /// # Errors
    /// A file that is refused, or a line on which the two books differ.
    pub(super) fn send_files(self, app: &App) -> anyhow::Result<u64> {
        let days = self.days.len() as u64;
        for (day, journal) in self.days {
            let file = DailyFile {
                bank: BANK.to_owned(),
                accounting_on: day,
                bytes: journal.file(day),
                profile: standard_profile(),
            };
            let next_morning = Timestamp::start_of(day).plus_seconds(34 * 3600);
            let answer = compare_day(&app.db, &app.city, &file, next_morning).map_err(said)?;
            let answer: DayDetailAnswer = serde_json::from_slice(&answer)?;
            let differ = answer.differences.len();
            anyhow::ensure!(differ == 0, "{day}: {differ} lines of the bank's file differ");
        }
        Ok(days)
    }
}

/// Query, then pay what was quoted, at ten in the morning. Answers the sum.
fn serve(
    tx: &mut Tx<'_>,
    city: &City,
    seal: &QuoteSeal,
    visit: &Visit,
) -> Result<Fen, CounterError> {
    let now = Timestamp::start_of(visit.day).plus_seconds(10 * 3600);
    let call = Call { city, bank: BANK, now };
    let card = visit.person.card.as_ref();
    let query = DuesQuery {
        identity_number: visit.person.identity.as_str().to_owned(),
        social_security_card: card.map_or_else(String::new, |card| card.as_str().to_owned()),
    };
    let (_, quote) = query_dues(tx, &call, seal, &query)?;
    let request = PaymentRequest {
        bank_date: visit.day,
        bank_serial: BankSerial::parse(&serial_of(visit)).expect("it is letters and digits"),
        accounting_date: visit.day,
        branch_code: BankUnit::parse("320600001").expect("it is digits"),
        teller: BankUnit::parse("T7").expect("it is a letter and a digit"),
        quote_id: quote.quote_id.unwrap_or_default(),
        amount_fen: quote.total_fen,
        currency: Currency::Cny,
        paid_at: now,
    };
    let body = serde_json::to_vec(&request).expect("a request has text keys");
    let key = format!("pay-{}", serial_of(visit));
    let named = NamedCall { call, key: &key, path: "/counter/v1/payments", body: &body };
    pay(tx, &named, seal, &request)?;
    Ok(quote.total_fen)
}

fn serial_of(visit: &Visit) -> String {
    format!("D{:010}", visit.line)
}

/// A refusal as an error of the demo, where none is expected.
fn said(error: CounterError) -> anyhow::Error {
    match error {
        CounterError::Problem(problem) => {
            anyhow::anyhow!("the counter refuses: {}", problem.detail)
        }
        CounterError::Failure(failure) => anyhow::anyhow!(failure),
    }
}
