use super::*;

fn line(entry: BillEntry) -> BillLine {
    BillLine {
        at: "2026-11-24T10:34:56+08:00".parse().unwrap(),
        app_id: "wxd678efh567hg6787".to_owned(),
        mchid: "1900007291".to_owned(),
        transaction_id: "4200000263202611247700134212".to_owned(),
        out_trade_no: "1y2p-3z4q".to_owned(),
        description: "灵活就业社保费,2026-11,共3项".to_owned(),
        entry,
    }
}

fn payment(yuan: u32) -> BillLine {
    line(BillEntry::Payment { amount: Fen::from_yuan(yuan) })
}

fn refund(yuan: u32) -> BillLine {
    line(BillEntry::Refund {
        refund_id: "50000709672026112411908420787".to_owned(),
        out_refund_no: "R-1y2p-3z4q".to_owned(),
        amount: Fen::from_yuan(yuan),
        status: "SUCCESS".to_owned(),
    })
}

fn text(file: &[u8]) -> String {
    String::from_utf8(file.to_vec()).unwrap()
}

#[test]
fn a_bill_reads_back_with_commas_in_names_packed_or_not() {
    let lines = [payment(1055), refund(30)];
    let file = write(&lines);
    assert!(file.starts_with(BYTE_ORDER_MARK));
    assert_eq!(read(&file).unwrap(), lines);
    let hash = sha1(&file);
    assert_eq!(unpack(&gzip(&file), &hash).unwrap(), file);
    assert_eq!(unpack(&file, &hash.to_uppercase()).unwrap(), file);
    let unix = text(&file).replace("\r\n", "\n");
    assert_eq!(read(unix.as_bytes()).unwrap(), lines);
    assert_eq!(read(unix.trim_start_matches('\u{feff}').as_bytes()).unwrap(), lines);
}

#[test]
fn an_empty_bill_has_no_lines() {
    assert_eq!(read(&write(&[])).unwrap(), []);
}

#[test]
fn a_changed_file_is_refused_by_its_hash() {
    let file = write(&[payment(1)]);
    let other = write(&[payment(2)]);
    assert_eq!(unpack(&gzip(&other), &sha1(&file)), Err(BillRefusal::HashMustMatch));
    let mut cut = gzip(&file);
    cut.truncate(cut.len() / 2);
    assert_eq!(unpack(&cut, &sha1(&file)), Err(BillRefusal::FileMustBeText));
}

#[test]
fn totals_that_are_not_the_sums_are_refused() {
    let file = text(&write(&[payment(10), payment(20), refund(5)]));
    assert!(file.contains("`3,`30.00,`5.00,`0.00,`0.00,`30.00,`5.00"));
    for (from, to, total) in [
        ("`3,`30.00", "`2,`30.00", "总交易单数"),
        ("`30.00,`5.00\r\n", "`30.01,`5.00\r\n", "订单总金额"),
        ("`30.00,`5.00\r\n", "`30.00,`5.01\r\n", "申请退款总金额"),
    ] {
        let changed = file.replace(from, to);
        assert_ne!(changed, file);
        assert_eq!(read(changed.as_bytes()), Err(BillRefusal::TotalMustMatch(total)));
    }
    let decimal =
        file.replace("`3,`30.00,`5.00,`0.00,`0.00,`30.00", "`3.0,`30.0,`5.0,`0.0,`0.0,`30.0");
    assert_eq!(read(decimal.as_bytes()).unwrap().len(), 3);
}

#[test]
fn every_unreadable_line_is_listed_with_its_column() {
    let file = text(&write(&[payment(10), payment(20), payment(30)]));
    let changed =
        file.replace("`20.00,`0.00,`\r\n", "`20.001,`0.00,`\r\n").replacen("CNY", "USD", 1);
    let refused = vec![(2, "货币种类"), (3, "订单金额")];
    assert_eq!(read(changed.as_bytes()), Err(BillRefusal::LinesMustBeReadable(refused)));
    let changed = file.replacen("`SUCCESS", "`REVOKED", 1);
    let refused = vec![(2, "交易状态")];
    assert_eq!(read(changed.as_bytes()), Err(BillRefusal::LinesMustBeReadable(refused)));
}

#[test]
fn a_file_without_our_columns_or_totals_is_refused() {
    let file = text(&write(&[payment(10)]));
    let renamed = file.replacen("商户订单号", "订单号", 1);
    assert_eq!(read(renamed.as_bytes()), Err(BillRefusal::ColumnMustBePresent("商户订单号")));
    assert_eq!(read(b""), Err(BillRefusal::TotalsMustBePresent));
    assert_eq!(read(b"\xFF\xFE"), Err(BillRefusal::FileMustBeText));
}

#[test]
fn only_the_path_of_a_link_is_used() {
    let link = |url: &str| BillLink { hash_value: String::new(), download_url: url.to_owned() };
    let url = "https://api.mch.weixin.qq.com/v3/billdownload/file?token=xx&tartype=gzip";
    let request = download_request(&link(url)).unwrap();
    assert_eq!(request.target, "/v3/billdownload/file?token=xx&tartype=gzip");
    assert!(download_request(&link("file")).is_err());
    assert!(download_request(&link("https://evil.example")).is_err());
}

proptest::proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_not_a_panic(bytes: Vec<u8>) {
        let _ = read(&bytes);
        let _ = read_link(&bytes);
        let _ = unpack(&[&[0x1F, 0x8B], bytes.as_slice()].concat(), "");
    }

    #[test]
    fn a_damaged_bill_is_no_panic(at in 0usize..2000, byte: u8) {
        let mut file = write(&[payment(10), refund(5)]);
        let at = at % file.len();
        file[at] = byte;
        let _ = read(&file);
    }

    #[test]
    fn every_amount_survives(fen in 1..=1_000_000_000i64) {
        let amount = Fen::new(fen).unwrap();
        let lines = [line(BillEntry::Payment { amount })];
        proptest::prop_assert_eq!(read(&write(&lines)).unwrap(), lines);
    }
}
