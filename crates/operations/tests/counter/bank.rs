//! A bank's core system, as far as these tests need one.

use channels::counter_api::bank_word::{BankSerial, BankUnit};
use channels::counter_api::daily_file::standard_profile;
use channels::counter_api::day_end::{DayDetailAnswer, DayEndAnswer, DayEndRequest, DayTotal};
use channels::counter_api::payment::{PaymentAnswer, PaymentRequest, StatusAnswer};
use channels::counter_api::problem::{Problem, ProblemCode};
use channels::counter_api::quote::{Currency, DuesQuery, Quote};
use channels::counter_api::quote_seal::QuoteSeal;
use channels::counter_api::reversal::ReversalRequest;
use operations::counter::ask_status::ask_status;
use operations::counter::compare_day::{DailyFile, balance_channel_day, compare_day};
use operations::counter::end_day::end_day;
use operations::counter::pay::pay;
use operations::counter::query_dues::query_dues;
use operations::counter::reverse::reverse;
use operations::counter::{Call, CounterError, NamedCall};
use store::Db;
use units::{Date, Timestamp};

use crate::city_of_three::CityOfThree;

pub(crate) struct Bank {
    pub(crate) db: Db,
    pub(crate) city: CityOfThree,
    pub(crate) bank: String,
    pub(crate) now: Timestamp,
}

const CARDS: [(&str, &str); 2] =
    [("320102199001010010", "A10000001"), ("320115198512312341", "A10000002")];

fn code(error: CounterError) -> ProblemCode {
    problem(error).code
}

fn problem(error: CounterError) -> Problem {
    match error {
        CounterError::Problem(problem) => problem,
        CounterError::Failure(failure) => panic!("{failure}"),
    }
}

fn seal() -> QuoteSeal {
    QuoteSeal::new(&[7; 32])
}

impl Bank {
    /// A bank in a city whose November is assessed, on 2026-11-10.
    pub(crate) fn new(db: &Db) -> Self {
        let city = CityOfThree::assessed(db);
        let now = city.at("2026-11-10");
        Self { db: db.clone(), city, bank: "ccb".to_owned(), now }
    }

    /// The same bank again.
    pub(crate) fn of(other: &Self) -> Self {
        let city = CityOfThree { db: other.db.clone(), city: other.city.city.clone() };
        Self { db: other.db.clone(), city, bank: other.bank.clone(), now: other.now }
    }

    pub(crate) fn named(&self, bank: &str) -> Self {
        Self { bank: bank.to_owned(), ..Self::of(self) }
    }

    pub(crate) fn later(&self, seconds: i64) -> Self {
        Self { now: self.now.plus_seconds(seconds), ..Self::of(self) }
    }

    fn day(&self) -> Date {
        self.now.date_in_shanghai()
    }

    pub(crate) fn query(&self, index: usize) -> Result<Quote, ProblemCode> {
        self.query_of(CARDS[index].0, CARDS[index].1)
    }

    pub(crate) fn query_of(&self, identity: &str, card: &str) -> Result<Quote, ProblemCode> {
        self.query_result(identity, card).map_err(code)
    }

    pub(crate) fn query_problem(&self, index: usize) -> Problem {
        problem(self.query_result(CARDS[index].0, CARDS[index].1).unwrap_err())
    }

    fn query_result(&self, identity: &str, card: &str) -> Result<Quote, CounterError> {
        let query = DuesQuery {
            identity_number: identity.to_owned(),
            social_security_card: card.to_owned(),
        };
        let call = Call { city: &self.city.city, bank: &self.bank, now: self.now };
        self.db.read(|tx| Ok(query_dues(tx, &call, &seal(), &query)?.1))
    }

    pub(crate) fn payment(&self, serial: &str, quote: &Quote) -> PaymentRequest {
        PaymentRequest {
            bank_date: self.day(),
            bank_serial: BankSerial::parse(serial).unwrap(),
            accounting_date: self.day(),
            branch_code: BankUnit::parse("320600001").unwrap(),
            teller: BankUnit::parse("T7").unwrap(),
            quote_id: quote.quote_id.clone().unwrap(),
            amount_fen: quote.total_fen,
            currency: Currency::Cny,
            paid_at: self.now,
        }
    }

    pub(crate) fn pay(&self, serial: &str, quote: &Quote) -> Result<PaymentAnswer, ProblemCode> {
        let answer = self.send_payment(&format!("pay-{serial}"), &self.payment(serial, quote))?;
        Ok(serde_json::from_slice(&answer).unwrap())
    }

    pub(crate) fn send_payment(
        &self,
        key: &str,
        request: &PaymentRequest,
    ) -> Result<Vec<u8>, ProblemCode> {
        let (city, bank, now) = (self.city.city.clone(), self.bank.clone(), self.now);
        let (key, request) = (key.to_owned(), request.clone());
        let body = serde_json::to_vec(&request).unwrap();
        let done = self.db.write(move |tx| {
            let call = Call { city: &city, bank: &bank, now };
            let named = NamedCall { call, key: &key, path: "/payments", body: &body };
            pay(tx, &named, &seal(), &request)
        });
        done.map_err(code)
    }

    pub(crate) fn reversal(&self, own: &str, original: &str, quote: &Quote) -> ReversalRequest {
        ReversalRequest {
            bank_date: self.day(),
            bank_serial: BankSerial::parse(own).unwrap(),
            accounting_date: self.day(),
            original_bank_date: self.day(),
            original_bank_serial: BankSerial::parse(original).unwrap(),
            branch_code: BankUnit::parse("320600001").unwrap(),
            teller: BankUnit::parse("T7").unwrap(),
            amount_fen: quote.total_fen,
            currency: Currency::Cny,
        }
    }

    pub(crate) fn send_reversal(
        &self,
        key: &str,
        request: &ReversalRequest,
    ) -> Result<Vec<u8>, ProblemCode> {
        let (city, bank, now) = (self.city.city.clone(), self.bank.clone(), self.now);
        let (key, request) = (key.to_owned(), request.clone());
        let body = serde_json::to_vec(&request).unwrap();
        let done = self.db.write(move |tx| {
            let call = Call { city: &city, bank: &bank, now };
            let named = NamedCall { call, key: &key, path: "/reversals", body: &body };
            reverse(tx, &named, &request)
        });
        done.map_err(code)
    }

    pub(crate) fn ask(&self, serial: &str) -> StatusAnswer {
        let (city, bank, now, day) =
            (self.city.city.clone(), self.bank.clone(), self.now, self.day());
        let serial = BankSerial::parse(serial).unwrap();
        let done = self.db.write(move |tx| {
            let call = Call { city: &city, bank: &bank, now };
            ask_status(tx, &call, (day, &serial))
        });
        done.map_err(code).unwrap()
    }

    pub(crate) fn end_day(&self, payments: DayTotal, reversals: DayTotal) -> DayEndAnswer {
        let (city, bank, now) = (self.city.city.clone(), self.bank.clone(), self.now);
        let accounting_date = self.day();
        let request =
            DayEndRequest { accounting_date, payments, reversals, currency: Currency::Cny };
        let done = self.db.write(move |tx| {
            let call = Call { city: &city, bank: &bank, now };
            end_day(tx, &call, &request)
        });
        done.map_err(code).unwrap()
    }

    pub(crate) fn balance(&self) {
        let done = balance_channel_day(&self.db, &self.city.city, self.day(), self.now);
        done.map_err(code).unwrap();
    }

    pub(crate) fn send_file(&self, text: &str) -> Result<DayDetailAnswer, Problem> {
        let profile = standard_profile();
        let file = DailyFile {
            bank: self.bank.clone(),
            accounting_on: self.day(),
            bytes: encoding_rs::GBK.encode(text).0.into_owned(),
            profile,
        };
        let answer = compare_day(&self.db, &self.city.city, &file, self.now).map_err(problem)?;
        Ok(serde_json::from_slice(&answer).unwrap())
    }
}
