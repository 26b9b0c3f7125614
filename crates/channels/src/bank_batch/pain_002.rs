//! Reads `pain.002.001.10`, the customer's payment status report of ISO 20022.
//!
//! A report may list all transactions, only the rejected ones, or none; several may come for one
//! file, repeated and in any order. So counts are checked for what they can prove: what the report
//! says of our file must be what we sent, a status must not be listed more often than claimed, and
//! a report that lists everything must add up exactly.

use std::io::BufRead;

use units::{Date, Fen, Timestamp};

use super::bank_result::{BankResult, Outcome, ResultSummary, WholeResult};
use super::debit::Totals;
use super::file_refusal::{FileRule, ReadError};
use super::reason;
use super::xml::{self, Limits, Xml};

/// What an intake knows beside the file.
#[derive(Clone, Copy)]
pub struct Intake<'a> {
    /// How much to read at most.
    pub limits: Limits,
    /// The totals of a file of ours by its number; `None` when the number is none of ours.
    pub sent: &'a dyn Fn(&str) -> Option<Totals>,
}

/// Reads a report, giving each transaction's outcome to `each`, in document order.
///
/// # Errors
/// [`ReadError`]; then nothing that `each` was given may be booked.
pub fn read<R: BufRead>(
    source: R,
    intake: Intake<'_>,
    mut each: impl FnMut(BankResult),
) -> Result<ResultSummary, ReadError> {
    let (mut xml, _) = Xml::open(source, intake.limits, &[&xml::PAIN_002])?;
    let mut report = Report { each: &mut each, summary: ResultSummary::default() };
    while let Some(tag) = xml.child()? {
        match tag {
            "CstmrPmtStsRpt" => report.read(&mut xml, intake)?,
            _ => xml.skip()?,
        }
    }
    xml.finish()?;
    Ok(report.summary)
}

struct Report<'a> {
    each: &'a mut dyn FnMut(BankResult),
    summary: ResultSummary,
}

/// What the report says of our file, or of a payment block of it.
#[derive(Default)]
struct Claim {
    id: String,
    count: Option<u64>,
    sum: Option<Fen>,
    status: String,
    reason: Reason,
    per_status: Vec<StatusCount>,
    /// What is listed under it, by status.
    listed: Vec<Listed>,
}

#[derive(Default)]
struct StatusCount {
    status: String,
    count: u64,
    sum: Option<Fen>,
}

struct Listed {
    status: String,
    totals: Totals,
    every_amount_told: bool,
}

#[derive(Default)]
struct Reason {
    code: String,
    words: String,
}

#[derive(Default)]
struct Transaction {
    end_to_end_id: String,
    status: String,
    reason: Reason,
    amount: Option<Fen>,
    reference: Option<String>,
    on: Option<Date>,
}

impl Report<'_> {
    fn read<R: BufRead>(&mut self, xml: &mut Xml<R>, intake: Intake<'_>) -> Result<(), ReadError> {
        let mut group = Claim::default();
        while let Some(tag) = xml.child()? {
            match tag {
                "GrpHdr" => self.summary.message_id = read_message_id(xml)?,
                "OrgnlGrpInfAndSts" => {
                    group = read_claim(xml, |_, _| Ok(false))?;
                    check_against_sent(xml, &group, intake)?;
                    self.summary.original_message_id = Some(group.id.clone());
                    self.keep_whole(&group, None);
                }
                "OrgnlPmtInfAndSts" => self.read_block(xml, &mut group)?,
                _ => xml.skip()?,
            }
        }
        check_listed(xml, &group)
    }

    fn read_block<R: BufRead>(
        &mut self,
        xml: &mut Xml<R>,
        group: &mut Claim,
    ) -> Result<(), ReadError> {
        let mut listed = Vec::new();
        let mut block = read_claim(xml, |xml, block| {
            let line = xml.line();
            let mut transaction = read_transaction(xml)?;
            // A transaction without a status has that of its block, or of the file.
            for inherited in [&block.status, &group.status] {
                if transaction.status.is_empty() {
                    transaction.status.clone_from(inherited);
                }
            }
            add_listed(&mut listed, &transaction);
            self.give(line, &group.id, transaction);
            Ok(true)
        })?;
        block.listed = listed;
        check_listed(xml, &block)?;
        self.keep_whole(&block, Some(&group.id));
        for listed in block.listed {
            merge_listed(&mut group.listed, listed);
        }
        Ok(())
    }

    fn give(&mut self, line: u64, original: &str, transaction: Transaction) {
        let Transaction { end_to_end_id, status, reason, amount, reference, on } = transaction;
        let outcome = match Finality::of(&status) {
            Finality::Money => Outcome::Collected { amount, reference, on },
            Finality::NoMoney => Outcome::rejected(&reason.code, &reason.words),
            Finality::Open => Outcome::Pending { status },
        };
        self.summary.count(&outcome);
        let original_message_id = (!original.is_empty()).then(|| original.to_owned());
        (self.each)(BankResult { line, original_message_id, end_to_end_id, outcome });
    }

    /// Keeps a final status of a whole file or, under a file's number, of a block.
    fn keep_whole(&mut self, claim: &Claim, file: Option<&str>) {
        let outcome = match Finality::of(&claim.status) {
            Finality::Money => Outcome::Collected { amount: None, reference: None, on: None },
            Finality::NoMoney => Outcome::rejected(&claim.reason.code, &claim.reason.words),
            Finality::Open => return,
        };
        self.summary.whole.push(WholeResult {
            original_message_id: file.unwrap_or(&claim.id).to_owned(),
            payment_information_id: file.map(|_| claim.id.clone()),
            outcome,
        });
    }
}

/// Whether a status is final, and whether it is money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finality {
    Money,
    NoMoney,
    Open,
}

impl Finality {
    /// Accepted (`ACTC`, `ACCP`, `ACSP`, `ACWC`), received, pending, partly and unknown statuses
    /// are open: only explicit words are final.
    fn of(status: &str) -> Self {
        match status {
            "ACSC" | "ACCC" => Self::Money,
            "RJCT" | "CANC" => Self::NoMoney,
            _ => Self::Open,
        }
    }
}

fn read_message_id<R: BufRead>(xml: &mut Xml<R>) -> Result<String, ReadError> {
    let mut id = String::new();
    while let Some(tag) = xml.child()? {
        match tag {
            "MsgId" => id = xml.text()?.to_owned(),
            _ => xml.skip()?,
        }
    }
    Ok(id)
}

/// Reads what is said of a file or block; `transaction` reads a `TxInfAndSts`, where those may be.
fn read_claim<R: BufRead>(
    xml: &mut Xml<R>,
    mut transaction: impl FnMut(&mut Xml<R>, &Claim) -> Result<bool, ReadError>,
) -> Result<Claim, ReadError> {
    let mut claim = Claim::default();
    while let Some(tag) = xml.child()? {
        match tag {
            "OrgnlMsgId" | "OrgnlPmtInfId" => claim.id = xml.text()?.to_owned(),
            "OrgnlNbOfTxs" => claim.count = Some(xml.count()?),
            "OrgnlCtrlSum" => claim.sum = Some(xml.amount()?),
            "GrpSts" | "PmtInfSts" => claim.status = xml.text()?.to_owned(),
            "StsRsnInf" => read_reason(xml, &mut claim.reason)?,
            "NbOfTxsPerSts" => claim.per_status.push(read_status_count(xml)?),
            "TxInfAndSts" => {
                if !transaction(xml, &claim)? {
                    xml.skip()?;
                }
            }
            _ => xml.skip()?,
        }
    }
    Ok(claim)
}

fn read_status_count<R: BufRead>(xml: &mut Xml<R>) -> Result<StatusCount, ReadError> {
    let mut count = StatusCount::default();
    while let Some(tag) = xml.child()? {
        match tag {
            "DtldNbOfTxs" => count.count = xml.count()?,
            "DtldSts" => count.status = xml.text()?.to_owned(),
            "DtldCtrlSum" => count.sum = Some(xml.amount()?),
            _ => xml.skip()?,
        }
    }
    Ok(count)
}

/// Reads one reason; the first with a code is the one that counts, all words are kept.
fn read_reason<R: BufRead>(xml: &mut Xml<R>, reason: &mut Reason) -> Result<(), ReadError> {
    while let Some(tag) = xml.child()? {
        match tag {
            "Rsn" => {
                while xml.child()?.is_some() {
                    let code = xml.text()?;
                    if reason.code.is_empty() {
                        code.clone_into(&mut reason.code);
                    }
                }
            }
            "AddtlInf" => {
                if !reason.words.is_empty() {
                    reason.words.push(' ');
                }
                reason.words.push_str(xml.text()?);
            }
            _ => xml.skip()?,
        }
    }
    if reason.words.len() > 140 {
        reason.words = reason::raw("", &reason.words);
    }
    Ok(())
}

fn read_transaction<R: BufRead>(xml: &mut Xml<R>) -> Result<Transaction, ReadError> {
    let mut transaction = Transaction::default();
    while let Some(tag) = xml.child()? {
        match tag {
            "OrgnlEndToEndId" => transaction.end_to_end_id = xml.text()?.to_owned(),
            "TxSts" => transaction.status = xml.text()?.to_owned(),
            "StsRsnInf" => read_reason(xml, &mut transaction.reason)?,
            "AccptncDtTm" => {
                let day = day_of(xml.text()?);
                transaction.on = transaction.on.or(day);
            }
            "AcctSvcrRef" => transaction.reference = Some(xml.text()?.to_owned()),
            "OrgnlTxRef" => transaction.amount = read_original_amount(xml)?,
            _ => xml.skip()?,
        }
    }
    Ok(transaction)
}

fn read_original_amount<R: BufRead>(xml: &mut Xml<R>) -> Result<Option<Fen>, ReadError> {
    let mut amount = None;
    while let Some(tag) = xml.child()? {
        match tag {
            "Amt" => {
                while let Some(tag) = xml.child()? {
                    match tag {
                        "InstdAmt" => amount = Some(xml.amount()?),
                        _ => xml.skip()?,
                    }
                }
            }
            _ => xml.skip()?,
        }
    }
    Ok(amount)
}

/// The day in Asia/Shanghai of a date or date-time; one without an offset is local.
pub(crate) fn day_of(text: &str) -> Option<Date> {
    let text = text.trim();
    // Written in China, the day is as it stands.
    if text.ends_with("+08:00") {
        return text.get(..10)?.parse().ok();
    }
    match text.parse::<Timestamp>() {
        Ok(moment) => Some(moment.date_in_shanghai()),
        Err(_) => text.get(..10)?.parse().ok(),
    }
}

fn add_listed(listed: &mut Vec<Listed>, transaction: &Transaction) {
    let amount = transaction.amount.unwrap_or(Fen::ZERO);
    let told = transaction.amount.is_some();
    match listed.iter_mut().find(|listed| listed.status == transaction.status) {
        Some(listed) => {
            let sum = listed.totals.sum.checked_add(amount).unwrap_or(Fen::MAX);
            listed.totals = Totals { count: listed.totals.count + 1, sum };
            listed.every_amount_told &= told;
        }
        None => listed.push(Listed {
            status: transaction.status.clone(),
            totals: Totals { count: 1, sum: amount },
            every_amount_told: told,
        }),
    }
}

fn merge_listed(into: &mut Vec<Listed>, more: Listed) {
    match into.iter_mut().find(|listed| listed.status == more.status) {
        Some(listed) => {
            listed.totals.count += more.totals.count;
            let sum = listed.totals.sum.checked_add(more.totals.sum);
            listed.totals.sum = sum.unwrap_or(Fen::MAX);
            listed.every_amount_told &= more.every_amount_told;
        }
        None => into.push(more),
    }
}

/// What the report says of our file must be what we sent.
fn check_against_sent<R: BufRead>(
    xml: &Xml<R>,
    claim: &Claim,
    intake: Intake<'_>,
) -> Result<(), ReadError> {
    let Some(sent) = (intake.sent)(&claim.id) else { return Ok(()) };
    match (claim.count, claim.sum) {
        (Some(claimed), _) if claimed != sent.count => {
            let what = "OrgnlNbOfTxs";
            Err(xml.refuse(FileRule::CountMustMatch { what, expected: sent.count, claimed }))
        }
        (_, Some(claimed)) if claimed != sent.sum => {
            let what = "OrgnlCtrlSum";
            Err(xml.refuse(FileRule::SumMustMatch { what, expected: sent.sum, claimed }))
        }
        _ => Ok(()),
    }
}

/// What is listed must fit what is claimed, and equal it where everything is listed.
fn check_listed<R: BufRead>(xml: &Xml<R>, claim: &Claim) -> Result<(), ReadError> {
    let listed: u64 = claim.listed.iter().map(|listed| listed.totals.count).sum();
    let complete = claim.count == Some(listed);
    if let Some(claimed) = claim.count.filter(|count| *count < listed) {
        let what = "OrgnlNbOfTxs";
        return Err(xml.refuse(FileRule::CountMustMatch { what, expected: listed, claimed }));
    }
    let per_status = claim.per_status.iter().fold(0_u64, |sum, c| sum.saturating_add(c.count));
    if let Some(expected) = claim.count.filter(|count| per_status > *count) {
        let what = "the sum of NbOfTxsPerSts";
        return Err(xml.refuse(FileRule::CountMustMatch { what, expected, claimed: per_status }));
    }
    for claimed in &claim.per_status {
        let found = claim.listed.iter().find(|listed| listed.status == claimed.status);
        check_status(xml, claimed, (found, complete))?;
    }
    Ok(())
}

fn check_status<R: BufRead>(
    xml: &Xml<R>,
    claimed: &StatusCount,
    (found, complete): (Option<&Listed>, bool),
) -> Result<(), ReadError> {
    let count = found.map_or(0, |listed| listed.totals.count);
    if count > claimed.count || (complete && count != claimed.count) {
        let what = "DtldNbOfTxs";
        let claimed = claimed.count;
        return Err(xml.refuse(FileRule::CountMustMatch { what, expected: count, claimed }));
    }
    let told = found.filter(|listed| listed.every_amount_told && count == claimed.count);
    if let (Some(listed), Some(sum)) = (told, claimed.sum)
        && listed.totals.sum != sum
    {
        let (what, expected) = ("DtldCtrlSum", listed.totals.sum);
        return Err(xml.refuse(FileRule::SumMustMatch { what, expected, claimed: sum }));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
