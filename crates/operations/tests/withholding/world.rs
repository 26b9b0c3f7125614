//! A city with mandates at one bank, and the bank itself.

use std::path::PathBuf;
use std::sync::Arc;

use channels::bank_batch::debit::{Creditor, FileLimit};
use channels::bank_batch::sandbox::manner::{Answer, Manner, answer};
use channels::bank_batch::sandbox::{Card, SandboxBank, Shortfall, order_file};
use channels::bank_batch::split_mix::SplitMix;
use insurance::cnaps_bank_number::CnapsBankNumber;
use insurance::debit::DebitState;
use insurance::due::Due;
use insurance::ids::{IdSource, PersonId};
use insurance::payment::ChannelKind;
use operations::City;
use operations::assess_month::assess_month;
use operations::import_file::{ImportKind, Source, import_file};
use operations::verify::verify;
use operations::withholding::build_debit_batch::{Batch, BatchError, Built, build_debit_batch};
use operations::withholding::hand_over_files::{HandedOver, hand_over_files};
use operations::withholding::read_bank_result::{
    ReadResult, ReadResultError, ResultFile, read_bank_result,
};
use operations::withholding::{Agreement, FileFormat};
use policy::Pack;
use store::Db;
use store::tables::debit::{self, Debit};
use store::tables::{due, person, receipt, suspense};
use units::{Date, Fen, Month, Timestamp};

pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) city: City,
    pub(crate) agreement: Agreement,
    pub(crate) bank: SandboxBank,
    pub(crate) people: Vec<PersonId>,
    /// What the bank does after a debit that the card does not cover.
    pub(crate) shortfall: Shortfall,
    folder: tempfile::TempDir,
}

pub(crate) fn month() -> Month {
    "2026-11".parse().unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The account of the n-th person.
pub(crate) fn account(index: usize) -> String {
    let body = format!("6217001234{index:08}");
    let doubled = |(place, digit): (usize, u32)| match digit * if place % 2 == 0 { 2 } else { 1 } {
        over @ 10.. => over - 9,
        digit => digit,
    };
    let sum: u32 = body.chars().rev().filter_map(|c| c.to_digit(10)).enumerate().map(doubled).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

impl World {
    /// People insured in all three branches, each with a mandate, their dues of November assessed.
    pub(crate) fn new(db: &Db, people: usize) -> Self {
        Self::under(db, Pack::shipped("nanjing").unwrap(), people)
    }

    /// The same under another pack.
    pub(crate) fn under(db: &Db, pack: Pack, people: usize) -> Self {
        let city = City::new(Arc::new(pack), IdSource::new(1));
        let mut csv =
            "identity_number,name,office,branches,base,from,bank,account_number\n".to_owned();
        for index in 0..people {
            let (identity, account) = (identity_number(index), account(index));
            csv += &format!(
                "{identity},张三,xuanwu,pension+medical+unemployment,4952,2026-01,ccb,{account}\n"
            );
        }
        let at = |day: &str| Timestamp::start_of(day.parse().unwrap()).plus_seconds(9 * 3600);
        let input = std::io::Cursor::new(csv);
        let file = Source { kind: ImportKind::People, input, actor: "test", office: None };
        let imported = import_file(db, &city, file, at("2026-10-30"), &mut |_, _| {}).unwrap();
        assert_eq!(imported.refused, vec![]);
        let about = (month(), "test");
        assess_month(db, &city, about, at("2026-11-01"), &mut |_, _| {}).unwrap();
        let first = i64::try_from(people).unwrap();
        let listed = db.read(|tx| person::list_first(tx, first)).unwrap();
        Self {
            db: db.clone(),
            city,
            agreement: agreement(FileFormat::Iso20022),
            bank: SandboxBank::default(),
            people: listed.into_iter().map(|person| person.id).collect(),
            shortfall: Shortfall::Continue,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Makes the bills of a later month.
    pub(crate) fn assess(&self, month: &str) {
        let (about, now) = ((month.parse().unwrap(), "test"), self.at(&format!("{month}-01")));
        assess_month(&self.db, &self.city, about, now, &mut |_, _| {}).unwrap();
    }

    pub(crate) fn at(&self, day: &str) -> Timestamp {
        Timestamp::start_of(day.parse().unwrap()).plus_seconds(8 * 3600)
    }

    pub(crate) fn build(&self, on: &str) -> Result<Built, BatchError> {
        self.build_round(on, 1)
    }

    pub(crate) fn build_round(&self, on: &str, round: u8) -> Result<Built, BatchError> {
        let batch = Batch {
            bank: "ccb".to_owned(),
            collect_on: day(on),
            round,
            limit: self.agreement.limit,
        };
        build_debit_batch(&self.db, &self.city, (&batch, "test"), self.at(on), &mut |_, _| {})
    }

    pub(crate) fn hand_over(&self, built: &Built, on: &str) -> HandedOver {
        let about = (&self.agreement, built.run);
        hand_over_files(&self.db, about, self.folder.path(), self.at(on), &mut |_, _| {}).unwrap()
    }

    /// Builds, hands over, and has the bank take the money; gives its answers.
    pub(crate) fn withhold(&mut self, on: &str, manner: Manner, rng: &mut SplitMix) -> Vec<Answer> {
        let built = self.build(on).unwrap();
        let paths = self.hand_over(&built, on).paths;
        self.settle(&paths, (on, manner), rng)
    }

    pub(crate) fn settle(
        &mut self,
        paths: &[PathBuf],
        (on, manner): (&str, Manner),
        rng: &mut SplitMix,
    ) -> Vec<Answer> {
        let mut answers = Vec::new();
        for path in paths {
            let bytes = std::fs::read(path).unwrap();
            let file = order_file::read(&*bytes).unwrap();
            let settled = self.bank.process(&file, self.shortfall, day(on));
            answers.extend(answer(&file, &settled, (manner, day(on)), rng));
        }
        answers
    }

    pub(crate) fn read(&self, answer: &Answer) -> Result<ReadResult, ReadResultError> {
        self.read_with(answer, &mut |_, _| {})
    }

    pub(crate) fn read_with(
        &self,
        answer: &Answer,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<ReadResult, ReadResultError> {
        let file = ResultFile { name: &answer.name, bytes: &answer.bytes };
        let about = (&self.agreement, file, "test");
        read_bank_result(&self.db, &self.city, about, answer.at, progress)
    }

    /// Puts money on every person's card.
    pub(crate) fn fund(&mut self, balances: &[&str]) {
        for index in 0..self.people.len() {
            let balance = balances[index % balances.len()].parse().unwrap();
            self.bank.set_card(&account(index), Card::Open(balance));
        }
    }

    pub(crate) fn dues(&self, person: PersonId) -> Vec<Due> {
        self.db.read(|tx| due::list(tx, person)).unwrap()
    }

    pub(crate) fn debits(&self) -> Vec<Debit> {
        let all = (PersonId::from_i64(0), PersonId::from_i64(i64::MAX));
        self.db.read(|tx| debit::list_of_people(tx, all, month())).unwrap()
    }

    /// The states of a person's dues in short, such as `paid`.
    pub(crate) fn states(&self, index: usize) -> Vec<String> {
        let dues = self.dues(self.people[index]);
        dues.iter().map(|due| format!("{:?}", due.state).to_lowercase()).collect()
    }

    /// All money that the books have from banks, without what went back.
    pub(crate) fn received(&self) -> Fen {
        let mut total = Fen::ZERO;
        let add = |tx: &mut store::Tx<'_>| {
            total = Fen::ZERO;
            receipt::each(tx, |receipt| {
                if receipt.channel == ChannelKind::BankBatch {
                    total += receipt.amount;
                }
                Ok(())
            })
        };
        self.db.read(add).unwrap();
        total
    }

    pub(crate) fn held(&self) -> Fen {
        let held = self.db.read(|tx| suspense::list_open(tx, 10_000)).unwrap();
        held.iter().map(|each| each.amount).sum()
    }

    /// What must always hold.
    pub(crate) fn check(&self) {
        assert!(verify(&self.db).unwrap().is_clean(), "{:?}", verify(&self.db).unwrap());
        let debits = self.debits();
        for pair in debits.windows(2) {
            if pair[0].due == pair[1].due {
                assert_eq!(pair[1].attempt, pair[0].attempt + 1, "attempts are counted");
                assert_ne!(pair[0].state, DebitState::Sent, "n+1 only after a final state of n");
            }
        }
    }
}

pub(crate) fn agreement(format: FileFormat) -> Agreement {
    let bank_number = CnapsBankNumber::parse("105301000013").unwrap();
    Agreement {
        bank: "ccb".to_owned(),
        bank_number: bank_number.clone(),
        creditor: Creditor {
            initiator: "南京市社会保险管理中心".to_owned(),
            initiator_code: "12320100MB0000000F".to_owned(),
            name: "南京市社会保险基金财政专户".to_owned(),
            account: "32001881234059000001".to_owned(),
            bank: bank_number,
        },
        limit: FileLimit { count: 100 },
        format,
    }
}

/// A made-up identity number with a right check digit.
fn identity_number(index: usize) -> String {
    let body = format!(
        "3201021990{:02}{:02}{:03}",
        1 + index / 1_000 % 12,
        1 + index / 12_000,
        index % 1_000
    );
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    let check = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize];
    format!("{body}{check}")
}
