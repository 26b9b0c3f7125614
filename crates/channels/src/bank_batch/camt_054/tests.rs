use insurance::payment::FailureReason;

use super::super::file_refusal::FileRefusal;
use super::*;

const V08: &str = include_str!("../../../samples/bank/camt.054.001.08.xml");
const V04: &str = include_str!("../../../samples/bank/camt.054.001.04.xml");
const V02: &str = include_str!("../../../samples/bank/camt.054.001.02.xml");
const ANN: &str = "0000000000001-202611-P0-1-80";
const BEN: &str = "0000000000002-202611-P0-1-8E";

fn read_text(text: &str) -> Result<(ResultSummary, Vec<BankResult>), FileRefusal> {
    let mut results = Vec::new();
    match read(text.as_bytes(), Limits::STANDARD, |result| results.push(result)) {
        Ok(summary) => Ok((summary, results)),
        Err(error) => Err(error.refusal().expect("a refusal").clone()),
    }
}

#[test]
fn all_three_versions_say_the_same() {
    for text in [V08, V04, V02] {
        let (summary, results) = read_text(text).unwrap();
        assert_eq!(summary.message_id, "CCB20261126N0001");
        let collected = Outcome::Collected {
            amount: Some("1055.23".parse().unwrap()),
            reference: Some("105202611260000077".to_owned()),
            on: Some("2026-11-26".parse().unwrap()),
        };
        let returned = Outcome::Returned {
            amount: Fen::from_yuan(500),
            reason: FailureReason::RefusedByHolder,
            retry: reason::Retry::Never,
            raw: "MD06 客户要求退回".to_owned(),
            reference: None,
            on: Some("2026-11-27".parse().unwrap()),
        };
        let told: Vec<(&str, &Outcome)> =
            results.iter().map(|r| (r.end_to_end_id.as_str(), &r.outcome)).collect();
        assert_eq!(told, [(ANN, &collected), (BEN, &returned)]);
        assert_eq!(results[0].original_message_id.as_deref(), Some("FE3201-202611-105-01"));
        assert_eq!(summary.collected.sum.to_string(), "1055.23");
        assert_eq!(summary.returned.sum.to_string(), "500.00");
    }
}

#[test]
fn what_is_not_booked_is_not_money() {
    for (text, from, to) in [
        (V08, "<Sts><Cd>BOOK</Cd></Sts>", "<Sts><Cd>PDNG</Cd></Sts>"),
        (V08, "<Sts><Cd>BOOK</Cd></Sts>", "<Sts><Prtry>BOOKED</Prtry></Sts>"),
        (V04, "<Sts>BOOK</Sts>", "<Sts>INFO</Sts>"),
        (V02, "<Sts>BOOK</Sts>", "<Sts>PDNG</Sts>"),
    ] {
        let (summary, results) = read_text(&text.replace(from, to)).unwrap();
        assert!(results.iter().all(|r| matches!(r.outcome, Outcome::Pending { .. })), "{to}");
        assert_eq!(summary.collected, Totals::default());
    }
}

#[test]
fn totals_that_do_not_fit_refuse_the_whole_file() {
    let summary = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>1555.23</Sum>\
         </TtlNtries><TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>1055.23</Sum></TtlCdtNtries>\
         </TxsSummry><Ntry>";
    let with_summary = V08.replacen("<Ntry>", summary, 1);
    read_text(&with_summary).unwrap();
    for (text, from, to, said) in [
        (V08, "<NbOfTxs>1<", "<NbOfTxs>2<", "Btch must be 1, but the file says 2"),
        (
            V08,
            "<TtlAmt Ccy=\"CNY\">1055.23",
            "<TtlAmt Ccy=\"CNY\">1055.24",
            "Btch must be 1055.23 yuan, but the file says 1055.24",
        ),
        (
            V08,
            "<NtryRef>1</NtryRef><Amt Ccy=\"CNY\">1055.23",
            "<NtryRef>1</NtryRef><Amt Ccy=\"CNY\">1055.20",
            "the entry's Amt must be 1055.23 yuan, but the file says 1055.20",
        ),
        (V08, "Ccy=\"CNY\">500.00", "Ccy=\"USD\">500.00", "the currency must be CNY"),
        (
            &with_summary,
            "<NbOfNtries>2<",
            "<NbOfNtries>3<",
            "TtlNtries must be 2, but the file says 3",
        ),
        (
            &with_summary,
            "<Sum>1055.23<",
            "<Sum>1055.22<",
            "TtlCdtNtries must be 1055.23 yuan, but the file says 1055.22",
        ),
    ] {
        let broken = text.replacen(from, to, 1);
        assert_ne!(broken, text, "{from}");
        assert_eq!(read_text(&broken).expect_err(to).rule.to_string(), said);
    }
}

#[test]
fn a_credit_without_transactions_is_kept_for_reconciliation() {
    let start = V08.find("<TxDtls>").unwrap();
    let end = V08.find("</TxDtls>").unwrap() + "</TxDtls>".len();
    let text = format!("{}{}", &V08[..start], &V08[end..]);
    let (summary, results) = read_text(&text).unwrap();
    assert_eq!(results.len(), 1, "only the return");
    let [credit] = summary.batch_credits.as_slice() else { panic!("one credit") };
    assert_eq!((credit.count, credit.amount.to_string()), (Some(1), "1055.23".to_owned()));
    assert_eq!(credit.original_message_id.as_deref(), Some("FE3201-202611-105-01"));
}

#[test]
fn a_bank_charge_is_no_return() {
    let charge = V08.replacen("<RvslInd>true</RvslInd>", "", 1).replace(
        &format!("<EndToEndId>{BEN}</EndToEndId>"),
        "<EndToEndId>NOTPROVIDED</EndToEndId>",
    );
    let start = charge.find("<RtrInf>").unwrap();
    let end = charge.find("</RtrInf>").unwrap() + "</RtrInf>".len();
    let (summary, results) = read_text(&format!("{}{}", &charge[..start], &charge[end..])).unwrap();
    assert_eq!(results.len(), 1, "only the collection");
    assert_eq!(summary.other_debits.sum, Fen::from_yuan(500));
}

#[test]
fn money_for_a_number_that_is_not_ours_is_given_as_it_is() {
    let (_, results) = read_text(&V08.replace(ANN, "NOTPROVIDED")).unwrap();
    assert_eq!(results[0].end_to_end_id, "NOTPROVIDED");
    assert!(matches!(results[0].outcome, Outcome::Collected { .. }));
}

#[test]
fn an_independent_reader_reads_the_same() {
    let (_, results) = read_text(V08).unwrap();
    let theirs = sepa::camt054::parse_camt054(V08).unwrap();
    let entries = &theirs.notifications[0].entries;
    assert_eq!(entries.len(), results.len());
    for (ours, entry) in results.iter().zip(entries) {
        let signed = match &ours.outcome {
            Outcome::Collected { amount: Some(amount), .. } => amount.fen(),
            Outcome::Returned { amount, .. } => -amount.fen(),
            other => panic!("{other:?}"),
        };
        assert_eq!(entry.signed_ct(), Some(signed));
    }
}
