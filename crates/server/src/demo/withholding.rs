//! The banks' part of the demo: real `pain.008` files out, real `pain.002` and `camt.054` files
//! in, through the operations that a city runs. Only the banks are played.

use std::path::{Path, PathBuf};

use channels::bank_batch::debit::{Creditor, FileLimit};
use channels::bank_batch::sandbox::manner::{Answer, Manner, answer};
use channels::bank_batch::sandbox::{Card, SandboxBank, Shortfall, order_file};
use channels::bank_batch::split_mix::SplitMix;
use insurance::due::Due;
use insurance::ids::CITY;
use insurance::number::cnaps_bank_number::CnapsBankNumber;
use operations::withholding::build_debit_batch::{Batch, build_debit_batch};
use operations::withholding::hand_over_files::hand_over_files;
use operations::withholding::read_bank_result::{ResultFile, read_bank_result};
use operations::withholding::reconcile_bank_day::reconcile_bank_day;
use operations::withholding::{Agreement, FileFormat};
use store::tables::{due, mandate, person};
use units::{Date, Fen, Month, Timestamp};

use super::sandbox;
use crate::app::App;

/// How many people are read at once.
const PEOPLE_PER_PAGE: i64 = 2_000;
/// How many debits the sandbox banks take in a file.
const DEBITS_PER_FILE: u64 = 100_000;

/// The paying banks of the demo, with everybody's cards at one of them.
pub struct Banks {
    agreements: Vec<Agreement>,
    bank: SandboxBank,
    shortfall: Shortfall,
    folder: PathBuf,
    month: Month,
}

/// What a day of withholding did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Withheld {
    /// Files handed over.
    pub files: u64,
    /// Debits that the banks took.
    pub collected: u64,
    /// Debits that they refused.
    pub rejected: u64,
}

impl Banks {
    /// The pack's withholding banks; their files are exchanged in `folder`.
    ///
    /// # Errors
    /// When the pack has none for the month.
    pub fn new(app: &App, month: Month, folder: &Path) -> anyhow::Result<Self> {
        let day = month.first_day();
        let topics = app.pack().topics();
        let withholding = &topics.withholding.on(day, day)?.value;
        let banks = topics.banks.on(day, day)?.value.iter().filter(|bank| bank.withholds);
        let agreements = banks.map(|bank| agreement(&bank.code)).collect::<Result<_, _>>()?;
        Ok(Self {
            agreements,
            bank: SandboxBank::default(),
            shortfall: match withholding.shortfall {
                policy::collection::Shortfall::Continue => Shortfall::Continue,
                policy::collection::Shortfall::Stop => Shortfall::Stop,
            },
            folder: folder.to_owned(),
            month,
        })
    }

    /// Puts money on the cards of everybody who owes, as `how_much` says for the line of the file
    /// and the dues; `None` leaves a card as it is.
    ///
    /// # Errors
    /// The database's.
    pub fn fill_cards(
        &mut self,
        app: &App,
        how_much: impl Fn(u64, &[Due]) -> Option<Fen>,
    ) -> Result<(), store::Error> {
        let (mut after, month) = (CITY, self.month);
        loop {
            let cards = app.db.read(|tx| {
                let dues = due::list_unpaid_of_month(tx, month, after, PEOPLE_PER_PAGE)?;
                let mut cards = Vec::new();
                for of_person in dues.chunk_by(|a, b| a.key.person == b.key.person) {
                    let owner = of_person[0].key.person;
                    after = owner;
                    let Some(mandate) = mandate::find_live(tx, owner)? else { continue };
                    let line = person::find(tx, owner)?.as_ref().map_or(0, sandbox::line_of);
                    if let Some(balance) = how_much(line, of_person) {
                        cards.push((mandate.account_number, balance));
                    }
                }
                Ok::<_, store::Error>((dues.is_empty(), cards))
            })?;
            for (account, balance) in cards.1 {
                self.bank.set_card(&account, Card::Open(balance));
            }
            if cards.0 {
                return Ok(());
            }
        }
    }

    /// One day: a batch to each bank in the morning, its answers in the evening, the comparison
    /// on the next morning.
    ///
    /// # Errors
    /// An operation's.
    pub fn withhold(
        &mut self,
        app: &App,
        on: Date,
        progress: &mut dyn FnMut(u64, u64),
    ) -> anyhow::Result<Withheld> {
        let mut done = Withheld::default();
        for agreement in self.agreements.clone() {
            for path in self.hand_over(app, &agreement, on)? {
                done.files += 1;
                for each in self.play(&path, on)? {
                    let file = ResultFile { name: &each.name, bytes: &each.bytes };
                    let about = (&agreement, file, "demo");
                    let read = read_bank_result(&app.db, &app.city, about, each.at, progress)?;
                    done.collected += read.collected;
                    done.rejected += read.rejected;
                }
            }
        }
        let next_morning = Timestamp::start_of(on).plus_seconds(34 * 3600);
        let days = (&*self.agreements, on);
        reconcile_bank_day(&app.db, &app.city, days, "demo", next_morning)?;
        Ok(done)
    }

    fn hand_over(
        &self,
        app: &App,
        agreement: &Agreement,
        on: Date,
    ) -> anyhow::Result<Vec<PathBuf>> {
        let morning = Timestamp::start_of(on).plus_seconds(8 * 3600);
        let batch = Batch {
            bank: agreement.bank.clone(),
            collect_on: on,
            round: 1,
            limit: agreement.limit,
        };
        let quiet = &mut |_, _| {};
        let built = build_debit_batch(&app.db, &app.city, (&batch, "demo"), morning, quiet)?;
        let folder = self.folder.join("to-bank");
        std::fs::create_dir_all(&folder)?;
        Ok(hand_over_files(&app.db, (agreement, built.run), &folder, morning, quiet)?.paths)
    }

    /// The bank's evening: it works through the file and writes its answers.
    fn play(&mut self, path: &Path, on: Date) -> anyhow::Result<Vec<Answer>> {
        let file = order_file::read(std::io::BufReader::new(std::fs::File::open(path)?))?;
        let settled = self.bank.process(&file, self.shortfall, on);
        let mut chance = SplitMix::new(1);
        let answers = answer(&file, &settled, (Manner::Plain, on), &mut chance);
        let folder = self.folder.join("from-bank");
        std::fs::create_dir_all(&folder)?;
        for each in &answers {
            std::fs::write(folder.join(&each.name), &each.bytes)?;
        }
        Ok(answers)
    }
}

/// What the agency agreed with a sandbox bank: ISO 20022 files, under a head office's number of
/// the payment system.
fn agreement(bank: &str) -> anyhow::Result<Agreement> {
    let number = CnapsBankNumber::parse(match bank {
        "ccb" => "105100000017",
        "abc" => "103100000026",
        "icbc" => "102100099996",
        "psbc" => "403100000004",
        "boc" => "104100000004",
        _ => "301290000007",
    })?;
    Ok(Agreement {
        bank: bank.to_owned(),
        bank_number: number.clone(),
        creditor: Creditor {
            initiator: "南京市社会保险管理中心".to_owned(),
            initiator_code: "12320100MB0000000F".to_owned(),
            name: "南京市社会保险基金财政专户".to_owned(),
            account: "32001881234059000001".to_owned(),
            bank: number,
        },
        limit: FileLimit { count: DEBITS_PER_FILE },
        format: FileFormat::Iso20022,
    })
}
