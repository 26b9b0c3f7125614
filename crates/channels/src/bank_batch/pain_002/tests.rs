use insurance::payment::FailureReason;

use super::super::file_refusal::FileRefusal;
use super::super::reason::Retry;
use super::*;

const REPORT: &str = include_str!("../../../samples/bank/pain.002.001.10.xml");
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
        (">1055.23</InstdAmt>", ">1055.234</InstdAmt>", "an amount must be a whole number of fen"),
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
    let only: String =
        REPORT.lines().filter(|line| !line.contains("<TxSts>ACSC")).collect::<Vec<_>>().join("\n");
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
    assert_eq!(summary.whole[0].payment_information_id.as_deref(), Some("FE3201-202611-105-01-1"));
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
