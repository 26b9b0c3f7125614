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
mod tests {
    use insurance::payment::FailureReason;

    use super::super::file_refusal::FileRefusal;
    use super::super::reason::Retry;
    use super::*;

    const REPORT: &str = include_str!("../../samples/bank/pain.002.001.10.xml");
    const PENSION: &str = "0000000000001-202611-P0-1-80";
    const MEDICAL: &str = "0000000000001-202611-M0-1-5V";

    fn sent(id: &str) -> Option<Totals> {
        (id == "FE3201-202611-105-01").then(|| Totals { count: 2, sum: "2110.46".parse().unwrap() })
    }

    fn read_text(text: &str) -> Result<(ResultSummary, Vec<BankResult>), FileRefusal> {
        let intake = Intake { limits: Limits::STANDARD, sent: &sent };
        let mut results = Vec::new();
        match read(text.as_bytes(), intake, |result| results.push(result)) {
            Ok(summary) => Ok((summary, results)),
            Err(error) => Err(error.refusal().expect("a refusal").clone()),
        }
    }

    #[test]
    fn a_report_gives_each_transactions_outcome() {
        let (summary, results) = read_text(REPORT).unwrap();
        assert_eq!(summary.message_id, "CCB20261126000001");
        assert_eq!((summary.results, summary.collected.count, summary.rejected), (2, 1, 1));
        assert_eq!(summary.whole, []);
        let collected = Outcome::Collected {
            amount: None,
            reference: Some("105202611260000077".to_owned()),
            on: Some("2026-11-26".parse().unwrap()),
        };
        let rejected = Outcome::Rejected {
            reason: FailureReason::InsufficientFunds,
            retry: Retry::NextBankDay,
            raw: "AM04 余额不足".to_owned(),
        };
        let told: Vec<(&str, &Outcome)> =
            results.iter().map(|r| (r.end_to_end_id.as_str(), &r.outcome)).collect();
        assert_eq!(told, [(PENSION, &collected), (MEDICAL, &rejected)]);
        assert_eq!(results[0].line, 9);
        assert_eq!(results[0].original_message_id.as_deref(), Some("FE3201-202611-105-01"));
    }

    #[test]
    fn only_settled_is_money_and_only_rejected_is_final_without_it() {
        for (status, money, refused) in [
            ("ACSC", true, false),
            ("ACCC", true, false),
            ("ACSP", false, false),
            ("ACCP", false, false),
            ("ACTC", false, false),
            ("ACWC", false, false),
            ("PDNG", false, false),
            ("PART", false, false),
            ("BLCK", false, false),
            ("RCVD", false, false),
            ("ZZZZ", false, false),
            ("acsc", false, false),
            ("RJCT", false, true),
            ("CANC", false, true),
        ] {
            let text = REPORT.replace("<TxSts>ACSC</TxSts>", &format!("<TxSts>{status}</TxSts>"));
            let text = without_claims(&text);
            let outcome = read_text(&text).unwrap().1.swap_remove(0).outcome;
            assert_eq!(matches!(outcome, Outcome::Collected { .. }), money, "{status}");
            assert_eq!(matches!(outcome, Outcome::Rejected { .. }), refused, "{status}");
        }
    }

    /// Without the counts per status.
    fn without_claims(text: &str) -> String {
        let kept = text.lines().filter(|line| !line.contains("<DtldSts>ACSC"));
        let text: String = kept.collect::<Vec<_>>().join("\n");
        let rejected = "<NbOfTxsPerSts><DtldNbOfTxs>1</DtldNbOfTxs><DtldSts>RJCT</DtldSts>\
                        <DtldCtrlSum>1055.23</DtldCtrlSum></NbOfTxsPerSts>";
        text.replace(rejected, "")
    }

    #[test]
    fn totals_that_do_not_fit_refuse_the_whole_file() {
        for (from, to, said) in [
            (
                "<OrgnlNbOfTxs>2</OrgnlNbOfTxs><OrgnlCtrlSum>2110.46</OrgnlCtrlSum><GrpSts>",
                "<OrgnlNbOfTxs>3</OrgnlNbOfTxs><OrgnlCtrlSum>2110.46</OrgnlCtrlSum><GrpSts>",
                "OrgnlNbOfTxs must be 2, but the file says 3",
            ),
            (
                "2110.46</OrgnlCtrlSum><GrpSts>",
                "2110.47</OrgnlCtrlSum><GrpSts>",
                "OrgnlCtrlSum must be 2110.46 yuan, but the file says 2110.47",
            ),
            (
                "<DtldNbOfTxs>1</DtldNbOfTxs><DtldSts>ACSC",
                "<DtldNbOfTxs>0</DtldNbOfTxs><DtldSts>ACSC",
                "DtldNbOfTxs must be 1, but the file says 0",
            ),
            (
                "<DtldNbOfTxs>1</DtldNbOfTxs><DtldSts>RJCT",
                "<DtldNbOfTxs>2</DtldNbOfTxs><DtldSts>RJCT",
                "the sum of NbOfTxsPerSts must be 2, but the file says 3",
            ),
            (
                "RJCT</DtldSts><DtldCtrlSum>1055.23",
                "RJCT</DtldSts><DtldCtrlSum>1055.22",
                "DtldCtrlSum must be 1055.23 yuan, but the file says 1055.22",
            ),
            (
                "<OrgnlNbOfTxs>2</OrgnlNbOfTxs><OrgnlCtrlSum>2110.46</OrgnlCtrlSum><PmtInfSts>",
                "<OrgnlNbOfTxs>1</OrgnlNbOfTxs><OrgnlCtrlSum>2110.46</OrgnlCtrlSum><PmtInfSts>",
                "OrgnlNbOfTxs must be 2, but the file says 1",
            ),
            ("<InstdAmt Ccy=\"CNY\">", "<InstdAmt Ccy=\"EUR\">", "the currency must be CNY"),
            (
                ">1055.23</InstdAmt>",
                ">1055.234</InstdAmt>",
                "an amount must be a whole number of fen",
            ),
        ] {
            let text = REPORT.replacen(from, to, 1);
            assert_ne!(text, REPORT, "{from}");
            let refusal = read_text(&text).expect_err(to);
            assert_eq!(refusal.rule.to_string(), said);
        }
    }

    #[test]
    fn a_refusal_names_line_and_element() {
        let refusal = read_text(&REPORT.replacen(
            "2110.46</OrgnlCtrlSum><GrpSts>",
            "1</OrgnlCtrlSum><GrpSts>",
            1,
        ));
        assert_eq!(
            refusal.unwrap_err().to_string(),
            "line 7, element Document/CstmrPmtStsRpt: OrgnlCtrlSum must be 2110.46 yuan, \
             but the file says 1.00"
        );
    }

    #[test]
    fn a_report_of_the_rejects_alone_is_read() {
        let only: String = REPORT
            .lines()
            .filter(|line| !line.contains("<TxSts>ACSC"))
            .collect::<Vec<_>>()
            .join("\n");
        let (summary, results) = read_text(&only).unwrap();
        assert_eq!((summary.results, summary.rejected), (1, 1));
        assert_eq!(results[0].end_to_end_id, MEDICAL);
        assert_eq!(summary.whole, [], "PART says nothing of those that are not listed");
    }

    #[test]
    fn a_file_refused_as_a_whole_is_told_once() {
        let head = REPORT.find("<OrgnlGrpInfAndSts>").unwrap();
        let text = format!(
            "{}<OrgnlGrpInfAndSts><OrgnlMsgId>FE3201-202611-105-01</OrgnlMsgId>\
             <OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId><GrpSts>RJCT</GrpSts><StsRsnInf><Rsn>\
             <Cd>DU01</Cd></Rsn><AddtlInf>重复</AddtlInf></StsRsnInf></OrgnlGrpInfAndSts>\
             </CstmrPmtStsRpt></Document>",
            &REPORT[..head]
        );
        let (summary, results) = read_text(&text).unwrap();
        assert_eq!(results, []);
        let [whole] = summary.whole.as_slice() else { panic!("one outcome") };
        assert_eq!(whole.original_message_id, "FE3201-202611-105-01");
        assert_eq!(whole.payment_information_id, None);
        let Outcome::Rejected { reason, retry, raw } = &whole.outcome else { panic!("rejected") };
        assert_eq!(
            (*reason, *retry, raw.as_str()),
            (FailureReason::Duplicate, Retry::Query, "DU01 重复")
        );
    }

    #[test]
    fn a_transaction_without_a_status_has_that_of_its_block() {
        let text = REPORT.replacen("<TxSts>ACSC</TxSts>", "", 1).replacen(
            "<PmtInfSts>PART",
            "<PmtInfSts>ACSC",
            1,
        );
        let (summary, results) = read_text(&text).unwrap();
        assert!(matches!(results[0].outcome, Outcome::Collected { .. }));
        assert_eq!(
            summary.whole[0].payment_information_id.as_deref(),
            Some("FE3201-202611-105-01-1")
        );
    }

    #[test]
    fn unknown_numbers_and_codes_are_given_as_they_are() {
        let text = REPORT
            .replace(PENSION, "SOMEBODY-ELSES-1")
            .replacen("<Cd>AM04</Cd>", "<Prtry>RJ77</Prtry>", 1)
            .replace("FE3201-202611-105-01", "NOT-OURS");
        let (_, results) = read_text(&text).unwrap();
        assert_eq!(results[0].end_to_end_id, "SOMEBODY-ELSES-1");
        let Outcome::Rejected { reason, raw, .. } = &results[1].outcome else { panic!("rejected") };
        assert_eq!((*reason, raw.as_str()), (FailureReason::Unspecified, "RJ77 余额不足"));
    }

    #[test]
    fn an_independent_reader_reads_the_same() {
        let (_, results) = read_text(REPORT).unwrap();
        let theirs = sepa::pain002::parse_pain002(REPORT).unwrap();
        let listed = &theirs.payment_info_statuses[0].transactions;
        assert_eq!(listed.len(), results.len());
        for (ours, theirs) in results.iter().zip(listed) {
            assert_eq!(Some(&ours.end_to_end_id), theirs.original_end_to_end_id.as_ref());
            let rejected = matches!(ours.outcome, Outcome::Rejected { .. });
            assert_eq!(rejected, theirs.is_rejected());
        }
        assert_eq!(listed[1].reason_codes[0].as_code(), "AM04");
    }
}
