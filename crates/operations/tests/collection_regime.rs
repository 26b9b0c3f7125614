//! Nanjing under the agency's regime and under the tax bureau's overlay: the same people, the same
//! day, other windows.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

use std::sync::Arc;

use channels::bank_batch::debit::FileLimit;
use insurance::ids::IdSource;
use operations::City;
use operations::assess_month::assess_month;
use operations::import_file::{ImportKind, Source, import_file};
use operations::withholding::build_debit_batch::{Batch, BatchError, build_debit_batch};
use policy::{Pack, WindowKind};
use store::Db;
use store::testing::for_each_database;
use units::Timestamp;

const PEOPLE: &str = "\
identity_number,name,office,branches,base,from,bank,account_number
320102199001010010,张三,xuanwu,pension+medical+unemployment,4952,2026-01,ccb,6217001234567890122
";

fn at(day: &str) -> Timestamp {
    Timestamp::start_of(day.parse().unwrap()).plus_seconds(8 * 3600)
}

fn city(db: &Db, pack: &str) -> City {
    let city = City::new(Arc::new(Pack::shipped(pack).unwrap()), IdSource::new(1));
    let input = std::io::Cursor::new(PEOPLE);
    let file = Source { kind: ImportKind::People, input, actor: "test", office: None };
    import_file(db, &city, file, at("2026-10-20"), &mut |_, _| {}).unwrap();
    let about = ("2026-11".parse().unwrap(), "test");
    assess_month(db, &city, about, at("2026-11-01"), &mut |_, _| {}).unwrap();
    city
}

/// How many files a batch of a day has, or the window that refuses it.
fn withhold(db: &Db, city: &City, day: &str) -> Result<usize, (u32, u32)> {
    let collect_on = day.parse().unwrap();
    let batch =
        Batch { bank: "ccb".to_owned(), collect_on, round: 1, limit: FileLimit { count: 1_000 } };
    match build_debit_batch(db, city, (&batch, "test"), at(day), &mut |_, _| {}) {
        Ok(built) => Ok(built.files.len()),
        Err(BatchError::DayMustBeForWithholding(refusal)) => {
            Err((refusal.window.0.day(), refusal.window.1.day()))
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn the_agency_withholds_from_the_26th_to_the_months_end() {
    for_each_database(|db| {
        let city = city(db, "nanjing");
        assert_eq!(withhold(db, &city, "2026-11-25"), Err((26, 30)));
        assert_eq!(withhold(db, &city, "2026-11-30"), Ok(1));
        assert!(!city.is_open(WindowKind::Wechat, "2026-11-25".parse().unwrap()));
    });
}

#[test]
fn the_tax_bureau_withholds_from_the_25th_to_the_28th_and_takes_wechat_all_month() {
    for_each_database(|db| {
        let city = city(db, "nanjing-2021");
        assert_eq!(withhold(db, &city, "2026-11-24"), Err((25, 28)));
        assert_eq!(withhold(db, &city, "2026-11-30"), Err((25, 28)));
        assert_eq!(withhold(db, &city, "2026-11-25"), Ok(1));
        assert!(city.is_open(WindowKind::Wechat, "2026-11-30".parse().unwrap()));
        let day = "2026-11-25".parse().unwrap();
        let counters = city.pack().topics().banks.on(day, day);
        assert!(counters.unwrap().value.iter().all(|bank| bank.counter), "all seven banks");
    });
}
