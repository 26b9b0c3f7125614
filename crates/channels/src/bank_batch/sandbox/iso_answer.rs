//! The status reports and notifications that the sandbox bank writes.

use std::fmt::Write as _;

use units::{Date, Fen, Timestamp};

use super::Settled;
use super::order_file::OrderFile;
use crate::bank_batch::debit::Totals;

/// The head of an answer.
#[derive(Clone, Debug)]
pub struct AnswerHead<'a> {
    /// The bank's number of the answer.
    pub message_id: String,
    /// When it is made.
    pub created_at: Timestamp,
    /// The bank's accounting day.
    pub on: Date,
    /// The file that it answers.
    pub file: &'a OrderFile,
}

/// A `pain.002.001.10` of some of a file's debits. `listed` are those it lists; the counts are of
/// those, too, so that a report in parts is true part by part.
#[must_use]
pub fn status_report(head: &AnswerHead<'_>, listed: &[&Settled]) -> Vec<u8> {
    let AnswerHead { message_id, file, .. } = head;
    let created = head.created_at.to_rfc3339_seconds();
    let paid = totals(listed.iter().filter(|s| s.outcome.is_ok()));
    let refused = totals(listed.iter().filter(|s| s.outcome.is_err()));
    let status = if paid.count == file.totals.count {
        "ACSC"
    } else if refused.count == file.totals.count {
        "RJCT"
    } else {
        "PART"
    };
    let (original, block) = (&file.message_id, &file.payment_information_id);
    let Totals { count, sum } = file.totals;
    let mut text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">
<CstmrPmtStsRpt>
<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{created}</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{original}</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId><OrgnlNbOfTxs>{count}</OrgnlNbOfTxs><OrgnlCtrlSum>{sum}</OrgnlCtrlSum><GrpSts>PART</GrpSts>"#
    );
    for (status, totals) in [("ACSC", paid), ("RJCT", refused)] {
        if totals.count > 0 {
            let Totals { count, sum } = totals;
            let _ = write!(
                text,
                "<NbOfTxsPerSts><DtldNbOfTxs>{count}</DtldNbOfTxs><DtldSts>{status}</DtldSts><DtldCtrlSum>{sum}</DtldCtrlSum></NbOfTxsPerSts>"
            );
        }
    }
    let _ = writeln!(
        text,
        "</OrgnlGrpInfAndSts>\n<OrgnlPmtInfAndSts><OrgnlPmtInfId>{block}</OrgnlPmtInfId><OrgnlNbOfTxs>{count}</OrgnlNbOfTxs><OrgnlCtrlSum>{sum}</OrgnlCtrlSum><PmtInfSts>PART</PmtInfSts>"
    );
    for settled in listed {
        status_line(&mut text, settled, &created);
    }
    text.push_str("</OrgnlPmtInfAndSts>\n</CstmrPmtStsRpt>\n</Document>\n");
    // A file that is answered in full is told so; else its status stays PART.
    text.replacen("<GrpSts>PART", &format!("<GrpSts>{status}"), 1)
        .replacen("<PmtInfSts>PART", &format!("<PmtInfSts>{status}"), 1)
        .into_bytes()
}

fn status_line(text: &mut String, settled: &Settled, created: &str) {
    let Settled { end_to_end_id, amount, .. } = settled;
    let id = escaped(end_to_end_id);
    let _ = write!(text, "<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId>");
    let _ = match &settled.outcome {
        Ok(reference) => write!(
            text,
            "<TxSts>ACSC</TxSts><AccptncDtTm>{created}</AccptncDtTm><AcctSvcrRef>{reference}</AcctSvcrRef>"
        ),
        Err((code, words)) => write!(
            text,
            "<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>{code}</Cd></Rsn><AddtlInf>{words}</AddtlInf></StsRsnInf>"
        ),
    };
    let _ = writeln!(
        text,
        r#"<OrgnlTxRef><Amt><InstdAmt Ccy="CNY">{amount}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>"#
    );
}

/// A `camt.054.001.08` with one booked credit that lists the paid debits.
#[must_use]
pub fn notification(head: &AnswerHead<'_>, listed: &[&Settled]) -> Vec<u8> {
    let paid: Vec<&&Settled> = listed.iter().filter(|settled| settled.outcome.is_ok()).collect();
    let Totals { count, sum } = totals(paid.iter().copied());
    let (original, block) = (&head.file.message_id, &head.file.payment_information_id);
    let mut entry = entry_start(sum, "CRDT", head.on);
    let _ = writeln!(
        entry,
        r#"<NtryDtls><Btch><MsgId>{original}</MsgId><PmtInfId>{block}</PmtInfId><NbOfTxs>{count}</NbOfTxs><TtlAmt Ccy="CNY">{sum}</TtlAmt><CdtDbtInd>CRDT</CdtDbtInd></Btch>"#
    );
    for settled in &paid {
        let reference = settled.outcome.as_ref().map_or("", String::as_str);
        let _ = writeln!(
            entry,
            r#"<TxDtls><Refs><AcctSvcrRef>{reference}</AcctSvcrRef><EndToEndId>{}</EndToEndId></Refs><Amt Ccy="CNY">{}</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>"#,
            escaped(&settled.end_to_end_id),
            settled.amount
        );
    }
    entry.push_str("</NtryDtls></Ntry>\n");
    if paid.is_empty() {
        entry.clear();
    }
    wrapped(head, &entry)
}

/// A `camt.054.001.08` with one reversed debit for each of some paid debits.
#[must_use]
pub fn returns(head: &AnswerHead<'_>, taken_back: &[&Settled]) -> Vec<u8> {
    let mut entries = String::new();
    for settled in taken_back {
        entries.push_str(&entry_start(settled.amount, "DBIT", head.on).replacen(
            "<RvslInd>false",
            "<RvslInd>true",
            1,
        ));
        let number = super::reference(&format!("{}R", settled.end_to_end_id), head.on);
        let _ = writeln!(
            entries,
            r#"<NtryDtls><TxDtls><Refs><AcctSvcrRef>{number}</AcctSvcrRef><EndToEndId>{}</EndToEndId></Refs><Amt Ccy="CNY">{}</Amt><CdtDbtInd>DBIT</CdtDbtInd><RtrInf><Rsn><Cd>MD06</Cd></Rsn><AddtlInf>客户要求退回</AddtlInf></RtrInf></TxDtls></NtryDtls></Ntry>"#,
            escaped(&settled.end_to_end_id),
            settled.amount
        );
    }
    wrapped(head, &entries)
}

fn entry_start(amount: Fen, direction: &str, on: Date) -> String {
    format!(
        r#"<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><RvslInd>false</RvslInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>PMDD</SubFmlyCd></Fmly></Domn></BkTxCd>"#
    )
}

fn wrapped(head: &AnswerHead<'_>, entries: &str) -> Vec<u8> {
    let (id, account) = (&head.message_id, escaped(&head.file.creditor_account));
    let created = head.created_at.to_rfc3339_seconds();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">
<BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>{id}</MsgId><CreDtTm>{created}</CreDtTm></GrpHdr>
<Ntfctn><Id>{id}</Id><CreDtTm>{created}</CreDtTm><Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
{entries}</Ntfctn>
</BkToCstmrDbtCdtNtfctn>
</Document>
"#
    )
    .into_bytes()
}

fn totals<'a, 'b: 'a>(settled: impl Iterator<Item = &'a &'b Settled>) -> Totals {
    settled.fold(Totals::default(), |totals, settled| totals.with(settled.amount).unwrap_or(totals))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
