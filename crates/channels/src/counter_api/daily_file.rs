//! The bank's daily file of counter transactions: lines of text with a separator, in GBK, after a
//! first line with the count and the sum.
//!
//! Banks order the columns and write dates, sums and words in their own way; a [`DailyFileProfile`]
//! says how one bank does, so that another bank needs another profile and no code.

use std::collections::HashSet;

use insurance::social_security_card::SocialSecurityCard;
use serde::Deserialize;
use units::{Date, Fen};

use super::bank_word::BankSerial;
use super::day_end::DayTotal;

/// The longest file: a city's counters on a busy day are a tenth of it.
pub const LINES_MAX: usize = 1_000_000;
/// How many bad lines are listed before reading stops.
pub const BAD_LINES_MAX: usize = 100;

/// How one bank writes its daily file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DailyFileProfile {
    /// The character set.
    pub encoding: Encoding,
    /// What stands between columns.
    pub separator: char,
    /// The columns in their order.
    pub columns: Vec<Column>,
    /// How dates are written.
    pub date: DateForm,
    /// How sums are written.
    pub amount: AmountForm,
    /// The word of a payment in the column `kind`.
    pub payment: String,
    /// The word of a reversal in the column `kind`.
    pub reversal: String,
}

impl DailyFileProfile {
    /// Reads a profile from its TOML text; `profiles/counter_daily.toml` shows the form.
    ///
    /// # Errors
    /// What TOML says, with the line.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

/// A character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// GBK, and GB 18030 which contains it.
    Gbk,
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// 会计日期.
    AccountingDate,
    /// 流水号.
    Serial,
    /// The payment's serial, on a reversal's line; empty on a payment's.
    OriginalSerial,
    /// 金额.
    Amount,
    /// 交易类型.
    Kind,
    /// 客户编号: the customer's social security card; says whose a payment is that we don't know.
    Customer,
    /// Something that is not needed here.
    Ignored,
}

/// How dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateForm {
    /// `20261124`.
    Yyyymmdd,
    /// `2026-11-24`.
    #[serde(rename = "yyyy-mm-dd")]
    Dashed,
}

/// How sums are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AmountForm {
    /// `1376.12`.
    Yuan,
    /// `137612`.
    Fen,
}

/// One transaction of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyLine {
    /// The transaction's own serial.
    pub serial: BankSerial,
    /// What it was.
    pub kind: DailyKind,
    /// How much.
    pub amount: Fen,
    /// Whose card, where the line has a well-formed one.
    pub customer: Option<SocialSecurityCard>,
}

/// What a transaction was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DailyKind {
    /// Cash taken.
    Payment,
    /// Cash given back, of the payment with this serial.
    Reversal(BankSerial),
}

/// What is wrong with a line; the first line is 1. It quotes no content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadLine {
    /// Where.
    pub line: usize,
    /// What.
    pub reason: String,
}

/// The profile that the sandbox bank writes, and a pattern for others.
///
/// # Panics
/// Never: a test reads it.
#[must_use]
pub fn standard_profile() -> DailyFileProfile {
    DailyFileProfile::parse(include_str!("../../profiles/counter_daily.toml"))
        .expect("the embedded profile is read by a test")
}

/// Reads a file of an accounting day.
///
/// # Errors
/// Every bad line, up to [`BAD_LINES_MAX`]; then nothing of the file is used.
pub fn read_daily_file(
    bytes: &[u8],
    profile: &DailyFileProfile,
    accounting_on: Date,
) -> Result<Vec<DailyLine>, Vec<BadLine>> {
    let text = decode(bytes, profile.encoding)?;
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let claimed = lines.next().and_then(|(_, line)| summary(line, profile));
    let claimed = claimed.ok_or_else(|| bad(1, "must be the count and the sum of the file"))?;
    let (mut read, mut refused) = (Vec::new(), Vec::new());
    let mut serials = HashSet::new();
    for (at, line) in lines.take(LINES_MAX) {
        let line = detail(line, profile, accounting_on).and_then(|line| {
            if serials.insert(line.serial.clone()) {
                Ok(line)
            } else {
                Err("the serial stands twice in the file".to_owned())
            }
        });
        match line {
            Ok(line) => read.push(line),
            Err(reason) => refused.push(BadLine { line: at + 1, reason }),
        }
        if refused.len() >= BAD_LINES_MAX {
            return Err(refused);
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    check_summary(claimed, &read)?;
    Ok(read)
}

/// The totals of a file's payments and of its reversals.
#[must_use]
pub fn totals(lines: &[DailyLine]) -> (DayTotal, DayTotal) {
    let total = |wanted: fn(&DailyKind) -> bool| {
        let amounts = lines.iter().filter(|line| wanted(&line.kind)).map(|line| line.amount);
        DayTotal {
            count: amounts.clone().count().try_into().expect("a file has fewer lines than u64"),
            amount_fen: Fen::checked_sum(amounts).expect("check_summary added them up"),
        }
    };
    (
        total(|kind| matches!(kind, DailyKind::Payment)),
        total(|kind| matches!(kind, DailyKind::Reversal(_))),
    )
}

fn bad(line: usize, reason: impl Into<String>) -> Vec<BadLine> {
    vec![BadLine { line, reason: reason.into() }]
}

fn decode(bytes: &[u8], encoding: Encoding) -> Result<String, Vec<BadLine>> {
    let decoded = match encoding {
        Encoding::Gbk => {
            encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)
        }
        Encoding::Utf8 => {
            encoding_rs::UTF_8.decode_without_bom_handling_and_without_replacement(bytes)
        }
    };
    let text = decoded
        .ok_or_else(|| bad(1, "the file must be in the character set of the bank's profile"))?;
    Ok(text.into_owned())
}

/// The first line: the count of the transactions and the sum of payments and reversals together.
fn summary(line: &str, profile: &DailyFileProfile) -> Option<(usize, Fen)> {
    let (count, sum) = line.trim().split_once(profile.separator)?;
    Some((count.trim().parse().ok()?, amount(sum, profile.amount).ok()?))
}

fn check_summary(claimed: (usize, Fen), read: &[DailyLine]) -> Result<(), Vec<BadLine>> {
    let (count, sum) = claimed;
    if count != read.len() {
        let reason = format!("says {count} transactions, and the file has {}", read.len());
        return Err(bad(1, reason));
    }
    match Fen::checked_sum(read.iter().map(|line| line.amount)) {
        Some(actual) if actual == sum => Ok(()),
        Some(actual) => Err(bad(1, format!("says {sum} yuan, and the file adds up to {actual}"))),
        None => Err(bad(1, "the file adds up to more money than there is")),
    }
}

fn detail(
    line: &str,
    profile: &DailyFileProfile,
    accounting_on: Date,
) -> Result<DailyLine, String> {
    let parts: Vec<&str> = line.split(profile.separator).map(str::trim).collect();
    if parts.len() != profile.columns.len() {
        return Err(format!("has {} columns instead of {}", parts.len(), profile.columns.len()));
    }
    let part = |column: Column| {
        let at = profile.columns.iter().position(|known| *known == column);
        at.and_then(|at| parts.get(at)).copied().unwrap_or_default()
    };
    let serial = |column: Column| BankSerial::parse(part(column)).map_err(|e| e.to_string());
    if date(part(Column::AccountingDate), profile.date) != Some(accounting_on) {
        return Err(format!("must be of the accounting day {accounting_on}"));
    }
    let own = serial(Column::Serial)?;
    let amount = amount(part(Column::Amount), profile.amount)?;
    if amount.is_zero() {
        return Err("the sum must be more than zero".to_owned());
    }
    let kind = match part(Column::Kind) {
        word if word == profile.payment => DailyKind::Payment,
        word if word == profile.reversal => DailyKind::Reversal(serial(Column::OriginalSerial)?),
        _ => return Err(format!("the kind must be {} or {}", profile.payment, profile.reversal)),
    };
    let customer = SocialSecurityCard::parse(part(Column::Customer)).ok();
    Ok(DailyLine { serial: own, kind, amount, customer })
}

fn date(text: &str, form: DateForm) -> Option<Date> {
    match form {
        DateForm::Dashed => text.parse().ok(),
        DateForm::Yyyymmdd => {
            let (year, rest) = text.split_at_checked(4)?;
            let (month, day) = rest.split_at_checked(2)?;
            format!("{year}-{month}-{day}").parse().ok()
        }
    }
}

fn amount(text: &str, form: AmountForm) -> Result<Fen, String> {
    let refused = || "the sum can't be read".to_owned();
    match form {
        AmountForm::Yuan => text.trim().parse().map_err(|e: units::fen::NotMoney| e.to_string()),
        AmountForm::Fen => {
            let digits = text.trim();
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(refused());
            }
            digits.parse().ok().and_then(|count| Fen::new(count).ok()).ok_or_else(refused)
        }
    }
}

#[cfg(test)]
mod tests;
