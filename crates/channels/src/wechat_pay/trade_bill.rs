//! 交易账单: every payment and refund of a day, as WeChat counted them.
//!
//! UTF-8 with a byte order mark; a line of column names; one line for each payment or refund with
//! a back-tick before every value; a line of names of totals; a line of totals. Amounts are in
//! yuan here and in fen everywhere else. Fees and coupons are WeChat's affair with the merchant
//! and are not read.

use std::collections::BTreeMap;
use std::io::Read as _;

use serde::Deserialize;
use units::{Date, Fen, Timestamp};

use super::AnswerMustBeReadable;
use super::order::get;
use crate::http_message::Request;

mod write;

pub use write::{gzip, write};

/// The largest unpacked bill.
pub const BILL_BYTES_MAX: u64 = 256 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The column names of bill type ALL.
pub const COLUMNS: [&str; 27] = [
    "交易时间",
    "公众账号ID",
    "商户号",
    "特约商户号",
    "设备号",
    "微信订单号",
    "商户订单号",
    "用户标识",
    "交易类型",
    "交易状态",
    "付款银行",
    "货币种类",
    "应结订单金额",
    "代金券金额",
    "微信退款单号",
    "商户退款单号",
    "退款金额",
    "充值券退款金额",
    "退款类型",
    "退款状态",
    "商品名称",
    "商户数据包",
    "手续费",
    "费率",
    "订单金额",
    "申请退款金额",
    "费率备注",
];

/// The names of the totals.
pub const TOTALS: [&str; 7] = [
    "总交易单数",
    "应结订单总金额",
    "退款总金额",
    "充值券退款总金额",
    "手续费总金额",
    "订单总金额",
    "申请退款总金额",
];

/// A bill's file, checked but not read.
#[derive(Clone, PartialEq, Eq)]
pub struct BillFile {
    /// As it came, packed: what is kept as evidence.
    pub packed: Vec<u8>,
    /// Unpacked, for [`read`].
    pub text: Vec<u8>,
}

/// Shows sizes only: the lines name payers.
impl std::fmt::Debug for BillFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BillFile({} bytes, {} packed)", self.text.len(), self.packed.len())
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// When it was paid, or for a refund when that was made.
    pub at: Timestamp,
    /// The official account.
    pub app_id: String,
    /// The payee.
    pub mchid: String,
    /// 微信订单号 of the payment.
    pub transaction_id: String,
    /// 商户订单号 of the payment, as text: it may not be ours.
    pub out_trade_no: String,
    /// 商品名称.
    pub description: String,
    /// Payment or refund.
    pub entry: BillEntry,
}

/// What a line counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BillEntry {
    /// 交易状态 SUCCESS.
    Payment {
        /// 订单金额.
        amount: Fen,
    },
    /// 交易状态 REFUND.
    Refund {
        /// 微信退款单号.
        refund_id: String,
        /// 商户退款单号, as text.
        out_refund_no: String,
        /// 申请退款金额.
        amount: Fen,
        /// 退款状态: `SUCCESS`, `PROCESSING`, `FAIL` …
        status: String,
    },
}

/// A bill that can't be used. Nothing of it is booked; ask for it again or tell the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BillRefusal {
    /// Not gzip, not UTF-8, or too large.
    #[error("the file must be UTF-8 text, at most {BILL_BYTES_MAX} bytes")]
    FileMustBeText,
    /// The SHA-1 that WeChat named is another.
    #[error("the file's SHA-1 must be the one that WeChat named")]
    HashMustMatch,
    /// A column that we need is not there.
    #[error("column {0} must be present")]
    ColumnMustBePresent(&'static str),
    /// The totals are missing or not the last two lines.
    #[error("the file must end in a line of totals")]
    TotalsMustBePresent,
    /// Lines that can't be read, by number and column; every one is listed.
    #[error("each line must be readable; these are not: {0:?}")]
    LinesMustBeReadable(Vec<(usize, &'static str)>),
    /// A total is not the sum of its column.
    #[error("total {0} must be the sum of the lines")]
    TotalMustMatch(&'static str),
}

/// Where a bill can be fetched, as WeChat answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct BillLink {
    /// SHA-1 of the unpacked file, hexadecimal.
    pub hash_value: String,
    /// An absolute URL; only its path and query are used, under the configured base URL.
    pub download_url: String,
}

/// The request for the link to a day's bill, packed, unsigned. It exists from 10:00 of the next
/// day, for three months.
#[must_use]
pub fn request(day: Date) -> Request {
    get(format!("/v3/bill/tradebill?bill_date={day}&bill_type=ALL&tar_type=GZIP"))
}

/// Reads the verified answer to [`request`].
///
/// # Errors
/// [`AnswerMustBeReadable`].
pub fn read_link(body: &[u8]) -> Result<BillLink, AnswerMustBeReadable> {
    serde_json::from_slice(body).map_err(|_| AnswerMustBeReadable)
}

/// The request for the file itself, unsigned as yet; its answer carries no signature, only the
/// SHA-1 of [`BillLink`] protects it.
///
/// # Errors
/// [`AnswerMustBeReadable`] when the link has no path.
pub fn download_request(link: &BillLink) -> Result<Request, AnswerMustBeReadable> {
    let (_, rest) = link.download_url.split_once("://").ok_or(AnswerMustBeReadable)?;
    let path = rest.find('/').ok_or(AnswerMustBeReadable)?;
    Ok(get(rest[path..].to_owned()))
}

/// Unpacks a gzip file, or passes an unpacked one on, and checks its SHA-1.
///
/// # Errors
/// [`BillRefusal::FileMustBeText`], [`BillRefusal::HashMustMatch`].
pub fn unpack(file: &[u8], sha1_hex: &str) -> Result<Vec<u8>, BillRefusal> {
    let text = if file.starts_with(&[0x1F, 0x8B]) {
        let mut text = Vec::new();
        let mut unpacked = flate2::read::GzDecoder::new(file).take(BILL_BYTES_MAX + 1);
        unpacked.read_to_end(&mut text).map_err(|_| BillRefusal::FileMustBeText)?;
        text
    } else {
        file.to_vec()
    };
    let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
    if size > BILL_BYTES_MAX {
        return Err(BillRefusal::FileMustBeText);
    }
    if sha1_hex.eq_ignore_ascii_case(&sha1(&text)) {
        Ok(text)
    } else {
        Err(BillRefusal::HashMustMatch)
    }
}

/// The SHA-1 of bytes in hexadecimal, as WeChat writes it.
#[must_use]
pub fn sha1(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads an unpacked bill and checks its totals.
///
/// # Errors
/// [`BillRefusal`].
pub fn read(file: &[u8]) -> Result<Vec<BillLine>, BillRefusal> {
    let file = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file);
    let text = std::str::from_utf8(file).map_err(|_| BillRefusal::FileMustBeText)?;
    let rows: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let [header, lines @ .., total_names, totals] = rows.as_slice() else {
        return Err(BillRefusal::TotalsMustBePresent);
    };
    let columns = Columns::of(header)?;
    let totals: BTreeMap<&str, &str> = total_names.split(',').zip(values(totals)).collect();
    let mut read = Vec::with_capacity(lines.len());
    let mut refused = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        match columns.line(line) {
            Ok(line) => read.push(line),
            // The column names are line 1.
            Err(column) => refused.push((index + 2, column)),
        }
    }
    if !refused.is_empty() {
        return Err(BillRefusal::LinesMustBeReadable(refused));
    }
    check_totals(&read, &totals)?;
    Ok(read)
}

/// The values of a line. Names of goods may contain commas, so a value ends at `,` and back-tick.
fn values(line: &str) -> impl Iterator<Item = &str> {
    line.strip_prefix('`').unwrap_or(line).split(",`")
}

/// Where each column stands: WeChat may add columns or move them.
struct Columns {
    places: BTreeMap<&'static str, usize>,
    count: usize,
}

impl Columns {
    fn of(header: &str) -> Result<Self, BillRefusal> {
        let names: Vec<&str> = header.split(',').map(str::trim).collect();
        let mut places = BTreeMap::new();
        for column in COLUMNS {
            let place = names.iter().position(|name| *name == column);
            places.insert(column, place.ok_or(BillRefusal::ColumnMustBePresent(column))?);
        }
        Ok(Self { places, count: names.len() })
    }

    /// A line, or the name of the column that can't be read.
    fn line(&self, line: &str) -> Result<BillLine, &'static str> {
        let values: Vec<&str> = values(line).collect();
        if values.len() != self.count {
            return Err("交易时间");
        }
        let text = |column: &'static str| values[self.places[column]].trim_end().to_owned();
        let money = |column| text(column).parse::<Fen>().map_err(|_| column);
        let needed = |column| Some(text(column)).filter(|text| !text.is_empty()).ok_or(column);
        if text("货币种类") != "CNY" {
            return Err("货币种类");
        }
        let entry = match text("交易状态").as_str() {
            "SUCCESS" => BillEntry::Payment { amount: money("订单金额")? },
            "REFUND" => BillEntry::Refund {
                refund_id: needed("微信退款单号")?,
                out_refund_no: needed("商户退款单号")?,
                amount: money("申请退款金额")?,
                status: text("退款状态"),
            },
            _ => return Err("交易状态"),
        };
        let at = format!("{}+08:00", text("交易时间").replacen(' ', "T", 1));
        Ok(BillLine {
            at: at.parse().map_err(|_| "交易时间")?,
            app_id: text("公众账号ID"),
            mchid: text("商户号"),
            transaction_id: needed("微信订单号")?,
            out_trade_no: needed("商户订单号")?,
            description: text("商品名称"),
            entry,
        })
    }
}

fn check_totals(lines: &[BillLine], totals: &BTreeMap<&str, &str>) -> Result<(), BillRefusal> {
    let (mut paid, mut refunded) = (Some(Fen::ZERO), Some(Fen::ZERO));
    for line in lines {
        match &line.entry {
            BillEntry::Payment { amount } => paid = paid.and_then(|sum| sum.checked_add(*amount)),
            BillEntry::Refund { amount, .. } => {
                refunded = refunded.and_then(|sum| sum.checked_add(*amount));
            }
        }
    }
    let total = |name: &str| totals.get(name).map(|value| value.trim());
    // The count has been seen as `45` and as `45.0`.
    let count = total("总交易单数").map(|count| count.strip_suffix(".0").unwrap_or(count));
    if count.and_then(|count| count.parse().ok()) != Some(lines.len()) {
        return Err(BillRefusal::TotalMustMatch("总交易单数"));
    }
    for (name, sum) in [("订单总金额", paid), ("申请退款总金额", refunded)] {
        if sum.is_none() || total(name).and_then(|total| total.parse().ok()) != sum {
            return Err(BillRefusal::TotalMustMatch(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
