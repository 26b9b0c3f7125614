use super::*;

const GOOD: &str = "3|2849.82\n\
    20261124|0000001|A12345678|1376.12|柜面|缴费|\n\
    20261124|0000002|A12345679|97.58|柜面|缴费|\r\n\
    20261124|0000003|A12345678|1376.12|柜面|冲正|0000001\n";

fn day() -> Date {
    "2026-11-24".parse().unwrap()
}

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GBK.encode(text).0.into_owned()
}

fn read(text: &str) -> Result<Vec<DailyLine>, Vec<BadLine>> {
    read_daily_file(&gbk(text), &standard_profile(), day())
}

#[test]
fn a_daily_file_in_gbk_is_read_with_its_reversals() {
    let lines = read(GOOD).unwrap();
    let serial = |text: &str| BankSerial::parse(text).unwrap();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1].serial, serial("0000002"));
    assert_eq!(lines[1].amount, "97.58".parse().unwrap());
    assert_eq!(lines[2].kind, DailyKind::Reversal(serial("0000001")));
    let (payments, reversals) = totals(&lines);
    assert_eq!((payments.count, payments.amount_fen.to_string()), (2, "1473.70".into()));
    assert_eq!((reversals.count, reversals.amount_fen.to_string()), (1, "1376.12".into()));
}

#[test]
fn an_empty_day_has_a_summary_of_nothing() {
    assert_eq!(read("0|0.00\n"), Ok(Vec::new()));
}

#[test]
fn every_bad_line_is_listed_and_nothing_is_read() {
    let file = "6|1.00\n\
        20261123|1|c|1.00|柜面|缴费|\n\
        20261124|1|c|1.00|柜面|缴费\n\
        20261124||c|1.00|柜面|缴费|\n\
        20261124|1|c|0.00|柜面|缴费|\n\
        20261124|1|c|1,00|柜面|缴费|\n\
        20261124|1|c|1.00|柜面|退费|\n\
        20261124|1|c|1.00|柜面|冲正|\n\
        20261124|1|c|1.00|柜面|缴费|\n\
        20261124|1|c|1.00|柜面|缴费|\n";
    let refused = read(file).unwrap_err();
    let lines: Vec<usize> = refused.iter().map(|bad| bad.line).collect();
    assert_eq!(lines, [2, 3, 4, 5, 6, 7, 8, 10]);
    assert_eq!(refused[0].to_string(), "line 2: must be of the accounting day 2026-11-24");
    assert_eq!(refused[7].to_string(), "line 10: the serial stands twice in the file");
}

#[test]
fn a_summary_that_differs_from_the_lines_refuses_the_file() {
    let wrong_sum = GOOD.replacen("2849.82", "2849.81", 1);
    assert_eq!(
        read(&wrong_sum).unwrap_err()[0].reason,
        "says 2849.81 yuan, and the file adds up to 2849.82"
    );
    let wrong_count = GOOD.replacen("3|", "4|", 1);
    assert_eq!(
        read(&wrong_count).unwrap_err()[0].reason,
        "says 4 transactions, and the file has 3"
    );
    for no_summary in ["", "\n", "three|1.00", "20261124|1|c|1.00|柜面|缴费|"] {
        assert_eq!(read(no_summary).unwrap_err()[0].line, 1, "{no_summary:?}");
    }
}

#[test]
fn another_character_set_is_refused() {
    assert!(read_daily_file(&[0xff, 0xff, b'|'], &standard_profile(), day()).is_err());
    let utf8 = DailyFileProfile { encoding: Encoding::Utf8, ..standard_profile() };
    assert!(read_daily_file(&gbk(GOOD), &utf8, day()).is_err());
    assert_eq!(read_daily_file(GOOD.as_bytes(), &utf8, day()), read(GOOD));
}

#[test]
fn another_bank_needs_another_profile_and_no_code() {
    let profile = DailyFileProfile {
        separator: ',',
        columns: vec![Column::Kind, Column::Amount, Column::Serial, Column::AccountingDate],
        date: DateForm::Dashed,
        amount: AmountForm::Fen,
        payment: "P".into(),
        ..standard_profile()
    };
    let lines = read_daily_file(b"1,137612\nP,137612,S1,2026-11-24\n", &profile, day()).unwrap();
    assert_eq!(lines[0].amount.to_string(), "1376.12");
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(0_u8.., 0..200)) {
        let _ = read_daily_file(&bytes, &standard_profile(), day());
    }
}
