//! Reads `beps.381.001.01` 批量代收业务回执, the answer to [`beps_380`](super::beps_380).
//!
//! Its schema is not public, so only the elements that are read are checked; the rules for files
//! from outside hold as everywhere. Reject codes become ISO's, and then our own few reasons.

use std::io::BufRead;

use units::{Date, Fen};

use super::bank_result::{BankResult, Outcome, ResultSummary};
use super::debit::Totals;
use super::file_refusal::{FileRule, ReadError};
use super::pain_002::day_of;
use super::reason;
use super::xml::{self, Limits, Xml};

/// What an intake knows beside the message.
#[derive(Clone, Copy)]
pub struct Intake<'a> {
    /// How much to read at most.
    pub limits: Limits,
    /// The totals of a message of ours by its number.
    pub sent: &'a dyn Fn(&str) -> Option<Totals>,
    /// The end-to-end number of a line, by message number and `TxId`.
    pub end_to_end_id: &'a dyn Fn(&str, &str) -> Option<String>,
}

/// The system's reject codes and ISO's.
pub const REJECT_CODES: [(&str, &str, &str); 10] = [
    ("RJ01", "AC01", "账号不存在"),
    ("RJ02", "BE01", "账号户名不符"),
    ("RJ03", "AM04", "余额不足"),
    ("RJ04", "AM14", "超过当日累计限额"),
    ("RJ05", "FF01", "业务检查错"),
    ("RJ06", "MD01", "协议不存在"),
    ("RJ07", "AM14", "超过协议授权"),
    ("RJ08", "AG01", "账户类型非法"),
    ("RJ09", "MS03", "退票"),
    ("RJ90", "NARR", "其他"),
];

/// Reads an answer, giving each line's outcome to `each`, in order.
///
/// # Errors
/// [`ReadError`]; then nothing that `each` was given may be booked.
pub fn read<R: BufRead>(
    source: R,
    intake: Intake<'_>,
    mut each: impl FnMut(BankResult),
) -> Result<ResultSummary, ReadError> {
    let (mut xml, _) = Xml::open(source, intake.limits, &[&xml::BEPS_381])?;
    let mut answer = Answer::default();
    while let Some(tag) = xml.child()? {
        match tag {
            "BtchColltnChrgsRspn" => read_answer(&mut xml, &mut answer)?,
            _ => xml.skip()?,
        }
    }
    xml.finish()?;
    check(&xml, &answer, intake)?;
    let mut summary = ResultSummary {
        message_id: answer.message_id.clone(),
        original_message_id: Some(answer.original_message_id.clone()),
        ..ResultSummary::default()
    };
    for line in answer.lines {
        let original = &answer.original_message_id;
        let known = (intake.end_to_end_id)(original, &line.transaction_id);
        let outcome = line.outcome(answer.settled_on);
        summary.count(&outcome);
        each(BankResult {
            line: line.line,
            original_message_id: Some(original.clone()),
            end_to_end_id: known.unwrap_or(line.transaction_id),
            outcome,
        });
    }
    Ok(summary)
}

#[derive(Default)]
struct Answer {
    message_id: String,
    original_message_id: String,
    original: Claim,
    received: Claim,
    settled_on: Option<Date>,
    lines: Vec<Line>,
}

#[derive(Default)]
struct Claim {
    count: Option<u64>,
    sum: Option<Fen>,
}

#[derive(Default)]
struct Line {
    line: u64,
    transaction_id: String,
    amount: Fen,
    status: String,
    code: String,
    words: String,
}

impl Line {
    fn outcome(&self, on: Option<Date>) -> Outcome {
        match self.status.as_str() {
            // 已付款, 已清算, 已成功. Netted (PR03) and confirmed (PR10) are not yet money.
            "PR02" | "PR04" | "PR05" => {
                Outcome::Collected { amount: Some(self.amount), reference: None, on }
            }
            "PR09" => {
                let known = REJECT_CODES.iter().find(|(code, _, _)| *code == self.code);
                let rule = reason::of_code(known.map_or("NARR", |(_, iso, _)| iso));
                let raw = reason::raw(&self.code, &self.words);
                Outcome::Rejected { reason: rule.reason, retry: rule.retry, raw }
            }
            _ => Outcome::Pending { status: self.status.clone() },
        }
    }
}

fn read_answer<R: BufRead>(xml: &mut Xml<R>, answer: &mut Answer) -> Result<(), ReadError> {
    while let Some(tag) = xml.child()? {
        match tag {
            "GrpHdr" => {
                while let Some(tag) = xml.child()? {
                    match tag {
                        "MsgId" => xml.text()?.clone_into(&mut answer.message_id),
                        _ => xml.skip()?,
                    }
                }
            }
            "OrgnlMsgInf" => read_original(xml, answer)?,
            "NPCPrcInf" => {
                while let Some(tag) = xml.child()? {
                    match tag {
                        "SttlmDt" => answer.settled_on = day_of(xml.text()?),
                        _ => xml.skip()?,
                    }
                }
            }
            "BtchColltnChrgsRspnInf" => read_lines(xml, answer)?,
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn read_original<R: BufRead>(xml: &mut Xml<R>, answer: &mut Answer) -> Result<(), ReadError> {
    while let Some(tag) = xml.child()? {
        match tag {
            "OrgnlMsgId" => xml.text()?.clone_into(&mut answer.original_message_id),
            "OrgnlTtlAmt" => answer.original.sum = Some(xml.amount()?),
            "OrgnlTtlNb" => answer.original.count = Some(xml.count()?),
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn read_lines<R: BufRead>(xml: &mut Xml<R>, answer: &mut Answer) -> Result<(), ReadError> {
    while let Some(tag) = xml.child()? {
        match tag {
            "RcvgTtlAmt" => answer.received.sum = Some(xml.amount()?),
            "RcvgTtlNb" => answer.received.count = Some(xml.count()?),
            "RcvgDtls" => {
                let line = read_line(xml)?;
                answer.lines.push(line);
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn read_line<R: BufRead>(xml: &mut Xml<R>) -> Result<Line, ReadError> {
    let mut line = Line { line: xml.line(), ..Line::default() };
    while let Some(tag) = xml.child()? {
        match tag {
            "RspnInf" => {
                while let Some(tag) = xml.child()? {
                    match tag {
                        "Sts" => xml.text()?.clone_into(&mut line.status),
                        "RjctCd" => xml.text()?.clone_into(&mut line.code),
                        "RjctInf" => xml.text()?.clone_into(&mut line.words),
                        _ => xml.skip()?,
                    }
                }
            }
            "TxId" => xml.text()?.clone_into(&mut line.transaction_id),
            "Amt" => line.amount = xml.amount()?,
            _ => xml.skip()?,
        }
    }
    Ok(line)
}

/// What it says of our message must be what we sent, and what it says of itself what it holds. The
/// total of an answer counts the paid lines only.
fn check<R: BufRead>(xml: &Xml<R>, answer: &Answer, intake: Intake<'_>) -> Result<(), ReadError> {
    let mut paid = Totals::default();
    for line in &answer.lines {
        if let Outcome::Collected { .. } = line.outcome(None) {
            let with = paid.with(line.amount);
            paid = with.ok_or_else(|| xml.refuse(FileRule::AmountMustBeWholeFen))?;
        }
    }
    check_claim(xml, ["RcvgTtlNb", "RcvgTtlAmt"], (&answer.received, paid))?;
    match (intake.sent)(&answer.original_message_id) {
        Some(sent) => check_claim(xml, ["OrgnlTtlNb", "OrgnlTtlAmt"], (&answer.original, sent)),
        None => Ok(()),
    }
}

fn check_claim<R: BufRead>(
    xml: &Xml<R>,
    [count, sum]: [&'static str; 2],
    (claim, found): (&Claim, Totals),
) -> Result<(), ReadError> {
    if let Some(claimed) = claim.count.filter(|claimed| *claimed != found.count) {
        let (what, expected) = (count, found.count);
        return Err(xml.refuse(FileRule::CountMustMatch { what, expected, claimed }));
    }
    if let Some(claimed) = claim.sum.filter(|claimed| *claimed != found.sum) {
        let (what, expected) = (sum, found.sum);
        return Err(xml.refuse(FileRule::SumMustMatch { what, expected, claimed }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use insurance::payment::FailureReason;
    use proptest::prelude::*;

    use super::*;

    const ANSWER: &str = include_str!("../../samples/bank/beps.381.001.01.xml");

    fn read_text(text: &[u8]) -> Result<(ResultSummary, Vec<BankResult>), ReadError> {
        let sent = |id: &str| {
            (id == "2026112600000001").then(|| Totals { count: 3, sum: "1473.70".parse().unwrap() })
        };
        let end_to_end_id = |message: &str, line: &str| {
            (message == "2026112600000001" && line == "00000001").then(|| "OURS".to_owned())
        };
        let intake =
            Intake { limits: Limits::STANDARD, sent: &sent, end_to_end_id: &end_to_end_id };
        let mut results = Vec::new();
        let summary = read(text, intake, |result| results.push(result))?;
        Ok((summary, results))
    }

    #[test]
    fn an_answer_gives_each_lines_outcome() {
        let (summary, results) = read_text(ANSWER.as_bytes()).unwrap();
        assert_eq!((summary.collected.count, summary.rejected, summary.results), (1, 1, 3));
        assert_eq!(results[0].end_to_end_id, "OURS");
        let Outcome::Collected { amount, on, .. } = &results[0].outcome else { panic!("paid") };
        assert_eq!(amount.unwrap().to_string(), "975.80");
        assert_eq!(on.unwrap().to_string(), "2026-11-27");
        let Outcome::Rejected { reason, raw, .. } = &results[1].outcome else { panic!("refused") };
        assert_eq!((*reason, raw.as_str()), (FailureReason::InsufficientFunds, "RJ03 余额不足"));
        assert_eq!(results[2].outcome, Outcome::Pending { status: "PR10".to_owned() });
        assert_eq!(results[2].end_to_end_id, "00000003", "a line that nobody knows stays as it is");
    }

    #[test]
    fn every_reject_code_has_a_reason_of_ours() {
        for (code, iso, _) in REJECT_CODES {
            let text = ANSWER.replace("RJ03", code);
            let (_, results) = read_text(text.as_bytes()).unwrap();
            let Outcome::Rejected { reason, .. } = &results[1].outcome else { panic!("{code}") };
            assert_eq!(*reason, reason::of_code(iso).reason, "{code}");
            assert_eq!(reason::of_code(iso).code, iso, "{code}: a code that we know");
        }
        let unknown = ANSWER.replace("RJ03", "RJ55");
        let (_, results) = read_text(unknown.as_bytes()).unwrap();
        let Outcome::Rejected { reason, .. } = &results[1].outcome else { panic!("refused") };
        assert_eq!(*reason, FailureReason::Unspecified);
    }

    #[test]
    fn totals_that_do_not_fit_refuse_the_whole_message() {
        for (from, to) in [
            ("<RcvgTtlNb>1<", "<RcvgTtlNb>2<"),
            ("975.80</RcvgTtlAmt>", "975.81</RcvgTtlAmt>"),
            ("<OrgnlTtlNb>3<", "<OrgnlTtlNb>4<"),
            ("1473.70</OrgnlTtlAmt>", "1473.71</OrgnlTtlAmt>"),
        ] {
            let text = ANSWER.replacen(from, to, 1);
            assert_ne!(text, ANSWER, "{from}");
            let refused = read_text(text.as_bytes()).unwrap_err();
            let rule = &refused.refusal().unwrap().rule;
            let totals =
                matches!(rule, FileRule::CountMustMatch { .. } | FileRule::SumMustMatch { .. });
            assert!(totals, "{rule}");
        }
    }

    proptest! {
        #[test]
        fn an_answer_with_any_bytes_in_it_is_read_or_refused(
            at in 0..ANSWER.len(), bytes in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            let mut answer = ANSWER.as_bytes().to_vec();
            answer.splice(at..at, bytes);
            let _ = read_text(&answer);
        }
    }
}
