//! Writes a bill as WeChat does, for the sandbox.

use std::io::Write as _;

use units::Fen;

use super::{BYTE_ORDER_MARK, BillEntry, BillLine, COLUMNS, TOTALS};

/// A bill of lines, with byte order mark and CRLF.
#[must_use]
pub fn write(lines: &[BillLine]) -> Vec<u8> {
    let mut file = BYTE_ORDER_MARK.to_vec();
    let mut put = |line: &str| {
        file.extend_from_slice(line.as_bytes());
        file.extend_from_slice(b"\r\n");
    };
    put(&COLUMNS.join(","));
    let (mut paid, mut refunded) = (Fen::ZERO, Fen::ZERO);
    for line in lines {
        match &line.entry {
            BillEntry::Payment { amount } => paid += *amount,
            BillEntry::Refund { amount, .. } => refunded += *amount,
        }
        put(&ticked(&values(line)));
    }
    put(&TOTALS.join(","));
    let (paid, refunded) = (paid.to_string(), refunded.to_string());
    let count = lines.len().to_string();
    put(&ticked(&[&count, &paid, &refunded, "0.00", "0.00", &paid, &refunded]));
    file
}

/// Packs a file.
#[must_use]
pub fn gzip(file: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(file).and_then(|()| packer.finish()).expect("memory takes every byte")
}

fn values(line: &BillLine) -> [String; 27] {
    let at = line.at.to_rfc3339_seconds()[..19].replacen('T', " ", 1);
    let zero = Fen::ZERO;
    let (state, amount, refund) = match &line.entry {
        BillEntry::Payment { amount } => ("SUCCESS", *amount, None),
        BillEntry::Refund { refund_id, out_refund_no, amount, status } => {
            ("REFUND", zero, Some((refund_id.as_str(), out_refund_no.as_str(), *amount, status)))
        }
    };
    let (refund_id, out_refund_no, refunded, status) = refund
        .map_or(("0", "0", zero, ""), |(id, number, amount, status)| {
            (id, number, amount, status.as_str())
        });
    let way = if refund.is_some() { "ORIGINAL" } else { "" };
    [
        &at,
        &line.app_id,
        &line.mchid,
        "0",
        "",
        &line.transaction_id,
        &line.out_trade_no,
        "",
        "JSAPI",
        state,
        "OTHERS",
        "CNY",
        &amount.to_string(),
        "0.00",
        refund_id,
        out_refund_no,
        &refunded.to_string(),
        "0.00",
        way,
        status,
        &line.description,
        "",
        "0.00000",
        "0.00%",
        &amount.to_string(),
        &refunded.to_string(),
        "",
    ]
    .map(str::to_owned)
}

fn ticked(values: &[impl AsRef<str>]) -> String {
    let ticked: Vec<String> = values.iter().map(|value| format!("`{}", value.as_ref())).collect();
    ticked.join(",")
}
