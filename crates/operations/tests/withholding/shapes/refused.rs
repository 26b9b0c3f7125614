//! Reports and notifications of a bad shape: refused whole, with rule, line and element.

use channels::bank_batch::file_refusal::FileRefusal;
use operations::withholding::read_bank_result::ReadResultError;
use store::testing::for_each_database;

use super::{Version, file_of, notification, report, sent_world, states};
use crate::world::World;

/// A refused file books nothing, so the attempts are as before.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    (
        "more transactions than were sent",
        "<GrpSts>",
        "<OrgnlNbOfTxs>7</OrgnlNbOfTxs><GrpSts>",
        "OrgnlNbOfTxs must be 6",
    ),
    (
        "fewer transactions than were sent",
        "<GrpSts>",
        "<OrgnlNbOfTxs>5</OrgnlNbOfTxs><GrpSts>",
        "OrgnlNbOfTxs must be 6",
    ),
    (
        "another sum than was sent",
        "<GrpSts>",
        "<OrgnlCtrlSum>1.00</OrgnlCtrlSum><GrpSts>",
        "OrgnlCtrlSum must be",
    ),
    (
        "a status counted too often",
        "</OrgnlGrpInfAndSts>",
        "<NbOfTxsPerSts><DtldNbOfTxs>0</DtldNbOfTxs><DtldSts>ACSC</DtldSts></NbOfTxsPerSts>\
         </OrgnlGrpInfAndSts>",
        "DtldNbOfTxs must be 1",
    ),
    ("another version's namespace", "pain.002.001.10", "pain.002.001.03", "must be one of"),
    ("no message number", "<MsgId>BANK1</MsgId>", "", "schema must be kept"),
    ("no number of our file", "<OrgnlMsgId>", "<OrgnlMsgIdx>", "schema must be kept"),
    (
        "an end-to-end number of 36 characters",
        "<OrgnlEndToEndId>",
        "<OrgnlEndToEndId>0123456789",
        "schema must be kept",
    ),
    (
        "a document type",
        "<Document",
        "<!DOCTYPE Document SYSTEM \"x\"><Document",
        "document type declaration",
    ),
    ("an entity of its own", "BANK1", "&bank;", "predefined entities"),
    ("cut off in the middle", "</CstmrPmtStsRpt></Document>", "", "well-formed"),
];

/// Why a file is refused; it books nothing.
fn refusal(world: &World, bytes: &[u8], nth: usize) -> FileRefusal {
    match world.read(&file_of(world, bytes, nth)) {
        Err(ReadResultError::FileMustKeepTheRules { refusal, .. }) => {
            assert_eq!(states(world), "sss sss", "{refusal}");
            refusal
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_report_of_a_bad_shape_is_refused_whole_and_the_rule_is_named() {
    for_each_database(|db| {
        let world = sent_world(db);
        let good = report(&world.debits(), ("PART", "PART", &[("P1", "ACSC", "")]), 1);
        for (nth, (name, from, to, rule)) in REFUSED.iter().enumerate() {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good, "{name}");
            let refusal = refusal(&world, bad.as_bytes(), nth);
            assert!(refusal.to_string().contains(rule), "{name}: {refusal}");
        }
        world.read(&file_of(&world, good.as_bytes(), REFUSED.len())).unwrap();
        assert_eq!(states(&world), "css sss", "the corrected file is booked");
        world.check();
    });
}

/// What is wrong in a notification, and which rule says so at which element.
const WRONG_TOTALS: &[(&str, &str, &str, &str)] = &[
    ("<Amt Ccy=\"CNY\">9", "<Amt Ccy=\"CNY\">8", "the entry's Amt must be", "Ntfctn"),
    ("<Amt Ccy=\"CNY\">", "<Amt Ccy=\"USD\">", "the currency must be CNY", "Ntry"),
    (".40<", ".404<", "a whole number of fen", "Ntry"),
];

#[test]
fn a_notification_whose_sums_do_not_fit_is_refused_whole_in_every_version_at_line_and_element() {
    for_each_database(|db| {
        let world = sent_world(db);
        let mut nth = 0;
        for version in [Version::V02, Version::V04, Version::V08] {
            let lines = [("P1", "BOOK", "n1"), ("M1", "BOOK", "n2")];
            let good =
                notification(&world.debits(), (&lines, version), 1).replace("<Ntry>", "\n<Ntry>");
            for (from, to, rule, element) in WRONG_TOTALS {
                let bad = good.replacen(from, to, 1);
                assert_ne!(bad, good, "{rule}");
                nth += 1;
                let refusal = refusal(&world, bad.as_bytes(), nth);
                assert!(refusal.to_string().contains(rule), "{version:?}: {refusal}");
                assert!(refusal.element.contains(element), "{version:?} {rule}: {refusal}");
                assert_eq!(refusal.line, 2, "{version:?} {rule}: the first entry's line");
            }
        }
        world.check();
    });
}
