use proptest::prelude::*;

use super::*;
use crate::bank_batch::split_mix::SplitMix;
use crate::bank_batch::{sample, xmllint};

const REPORT: &str = include_str!("../../../samples/bank/pain.002.001.10.xml");

/// Reads everything with every check, as the readers do.
fn read_all(bytes: &[u8], limits: Limits, message: &'static Message) -> Result<(), ReadError> {
    let (mut xml, _) = Xml::open(bytes, limits, &[message])?;
    while xml.child()?.is_some() {
        xml.skip()?;
    }
    xml.finish()
}

fn refusal(text: &str) -> FileRefusal {
    let error = read_all(text.as_bytes(), Limits::STANDARD, &PAIN_002).unwrap_err();
    error.refusal().expect("a refusal").clone()
}

fn well_formed(detail: &str) -> FileRule {
    FileRule::XmlMustBeWellFormed { detail: detail.to_owned() }
}

#[test]
fn what_could_attack_the_reader_is_refused() {
    let dtd = REPORT.replacen("<Document", "<!DOCTYPE Document [<!ENTITY a \"b\">]><Document", 1);
    assert_eq!(refusal(&dtd).rule, FileRule::DocumentTypeMustBeAbsent);
    let entity = REPORT.replacen("CCB20261126000001", "&a;", 1);
    assert_eq!(refusal(&entity).rule, FileRule::EntityMustBePredefined);
    assert_eq!(refusal(&entity).element, "Document/CstmrPmtStsRpt/GrpHdr/MsgId");
    assert_eq!(refusal(&entity).line, 4);
    let long = REPORT.replacen("CCB20261126000001", &"x".repeat(17 << 10), 1);
    assert_eq!(refusal(&long).rule, FileRule::TextMustBeWithin { limit_bytes: 16 << 10 });
    let bell = REPORT.replacen("CCB20261126000001", "\u{7}", 1);
    assert_eq!(refusal(&bell).rule, well_formed("a character that XML forbids"));
    let bell = REPORT.replacen("CCB20261126000001", "&#7;", 1);
    assert_eq!(refusal(&bell).rule, well_formed("a character that XML forbids"));
}

#[test]
fn size_and_depth_are_limited() {
    let tight = Limits { file_bytes: 1000, ..Limits::STANDARD };
    let error = read_all(REPORT.as_bytes(), tight, &PAIN_002).unwrap_err();
    let rule = &error.refusal().unwrap().rule;
    assert_eq!(*rule, FileRule::SizeMustBeWithin { limit_bytes: 1000 });
    let exact = Limits { file_bytes: REPORT.len().try_into().unwrap(), ..Limits::STANDARD };
    read_all(REPORT.as_bytes(), exact, &PAIN_002).unwrap();
    let shallow = Limits { depth: 4, ..Limits::STANDARD };
    let error = read_all(REPORT.as_bytes(), shallow, &PAIN_002).unwrap_err();
    assert_eq!(error.refusal().unwrap().rule, FileRule::DepthMustBeWithin { limit: 4 });
}

#[test]
fn only_utf_8_and_the_known_message_are_read() {
    let utf_8 = FileRule::EncodingMustBe { encoding: "UTF-8" };
    assert_eq!(refusal(&REPORT.replacen("UTF-8", "GBK", 1)).rule, utf_8);
    let (gbk, _, _) = encoding_rs::GBK.encode(REPORT);
    let error = read_all(&gbk, Limits::STANDARD, &PAIN_002).unwrap_err();
    assert_eq!(error.refusal().unwrap().rule, utf_8);
    for other in ["pain.002.001.03", "pain.008.001.08", ""] {
        let text = REPORT.replacen("pain.002.001.10", other, 1);
        let known = matches!(refusal(&text).rule, FileRule::MessageMustBeKnown { .. });
        assert!(known, "{other}");
    }
}

#[test]
fn a_prefix_a_mark_and_comments_make_no_difference() {
    let prefixed = REPORT
        .replace("</", "</b:")
        .replace('<', "<b:")
        .replace("<b:/b:", "</b:")
        .replace("<b:?xml", "<?xml")
        .replacen("xmlns=", "xmlns:b=", 1);
    read_all(prefixed.as_bytes(), Limits::STANDARD, &PAIN_002).unwrap();
    let mixed =
        prefixed.replacen("<b:GrpHdr>", "<GrpHdr>", 1).replacen("</b:GrpHdr>", "</GrpHdr>", 1);
    assert!(matches!(refusal(&mixed).rule, FileRule::SchemaMustBeKept { .. }));
    let marked = format!("\u{feff}{}", REPORT.replacen("<GrpHdr>", "<!-- a < b --><GrpHdr>", 1));
    read_all(marked.as_bytes(), Limits::STANDARD, &PAIN_002).unwrap();
}

#[test]
fn a_broken_document_is_refused() {
    for (from, to) in [
        ("</Document>", ""),
        ("</Document>", "</Document><Document/>"),
        ("</Document>", "</Document>more"),
        ("<GrpHdr>", "<GrpHdr"),
        ("</GrpHdr>", "</GrpHeader>"),
        ("<GrpHdr>", "<GrpHdr a=\"1\" a=\"2\">"),
    ] {
        refusal(&REPORT.replacen(from, to, 1));
    }
    for end in 0..REPORT.len() - 1 {
        if let Some(part) = REPORT.get(..end) {
            assert!(read_all(part.as_bytes(), Limits::STANDARD, &PAIN_002).is_err(), "{end}");
        }
    }
}

#[test]
fn a_schema_fault_names_line_element_and_what_is_expected() {
    let missing = refusal(&REPORT.replacen("<MsgId>CCB20261126000001</MsgId>", "", 1));
    assert_eq!(
        missing.to_string(),
        "line 4, element Document/CstmrPmtStsRpt/GrpHdr: the schema must be kept: \
         CreDtTm found, MsgId is expected here"
    );
    let unknown = refusal(&REPORT.replacen("<TxSts>ACSC</TxSts>", "<TxStatus/>", 1));
    assert_eq!(unknown.line, 9);
    let attribute = refusal(&REPORT.replacen("<GrpHdr>", "<GrpHdr version=\"1\">", 1));
    assert!(attribute.to_string().ends_with("an attribute is not expected here"));
}

#[test]
fn decimals_become_exact_fen_or_nothing() {
    for (text, fen) in [
        ("1055.23", Some(105_523)),
        ("0", Some(0)),
        ("1.5", Some(150)),
        ("1.", Some(100)),
        (".5", Some(50)),
        ("007.10", Some(710)),
        ("1.23000", Some(123)),
        ("92233720368547758.07", Some(i64::MAX)),
        ("92233720368547758.08", None),
        ("1.234", None),
        ("-1.00", None),
        ("1e2", None),
        ("1,000.00", None),
        ("99999999999999999999", None),
    ] {
        assert_eq!(fen_of_decimal(text).map(Fen::fen), fen, "{text}");
    }
}

/// A document broken at random in one of the ways in which programs break documents.
fn mutant(document: &str, rng: &mut SplitMix) -> String {
    let tags: Vec<usize> = document.match_indices('<').map(|(at, _)| at).collect();
    let at = tags[1 + rng.index(tags.len() - 1)];
    let end = at + document[at..].find('>').unwrap() + 1;
    let tag = &document[at..end];
    let text_end = end + document[end..].find('<').unwrap_or(0);
    let (before, after) = (&document[..at], &document[end..]);
    match rng.below(8) {
        0 => format!("{before}{after}"),
        1 => format!("{before}{}{after}", tag.replacen('>', " Ccy=\"CNY\">", 1)),
        2 => format!("{before}{}{after}", tag.replacen("Ccy=", "Cxy=", 1)),
        3 => format!("{before}{tag}{}", &document[text_end..]),
        4 => format!("{before}{tag}x{}", &document[text_end..]),
        5 => format!("{before}{tag}{}{}", "9".repeat(20), &document[text_end..]),
        6 => {
            // One leaf element twice, or gone.
            let close = tag.replacen('<', "</", 1);
            let Some(length) = document[end..].find(&close) else { return document.to_owned() };
            let whole = &document[at..end + length + close.len()];
            let times = usize::from(rng.below(2) == 0) * 2;
            format!("{before}{}{}", whole.repeat(times), &document[at + whole.len()..])
        }
        _ => {
            let other = tags[rng.index(tags.len())];
            let other_end = other + document[other..].find('>').unwrap() + 1;
            format!("{before}{}{after}", &document[other..other_end])
        }
    }
}

#[test]
fn the_schemas_verdicts_are_those_of_libxml2() {
    let ours = String::from_utf8(sample::pain_008(&sample::debits(2))).unwrap();
    let documents: [(&str, &str, &'static Message); 6] = [
        ("pain.002.001.10", REPORT, &PAIN_002),
        ("pain.008.001.08", &ours, &PAIN_008),
        ("pain.008.001.08", include_str!("../../../samples/bank/pain.008.001.08.xml"), &PAIN_008),
        (
            "camt.054.001.02",
            include_str!("../../../samples/bank/camt.054.001.02.xml"),
            &CAMT_054_V02,
        ),
        (
            "camt.054.001.04",
            include_str!("../../../samples/bank/camt.054.001.04.xml"),
            &CAMT_054_V04,
        ),
        (
            "camt.054.001.08",
            include_str!("../../../samples/bank/camt.054.001.08.xml"),
            &CAMT_054_V08,
        ),
    ];
    for (name, document, message) in documents {
        let mut rng = SplitMix::new(20_261_126);
        let mut mutants = vec![document.as_bytes().to_vec()];
        mutants.extend((0..150).map(|_| mutant(document, &mut rng).into_bytes()));
        let Some(verdicts) = xmllint::verdicts(name, &mutants) else { return };
        assert!(verdicts[0], "{name}: the sample itself is valid");
        let valid = verdicts.iter().filter(|valid| **valid).count();
        assert!((3..=100).contains(&valid), "{name}: mutants of both kinds, {valid} valid");
        for (mutant, valid) in mutants.iter().zip(verdicts) {
            let ours = read_all(mutant, Limits::STANDARD, message);
            let text = String::from_utf8_lossy(mutant);
            assert_eq!(ours.is_ok(), valid, "{name}: {ours:?}\n{text}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(read_all(&bytes, Limits::STANDARD, &PAIN_002).is_err());
    }

    #[test]
    fn a_report_with_any_bytes_in_it_is_read_or_refused(
        at in 0..REPORT.len(), cut in 0..20_usize, bytes in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut report = REPORT.as_bytes().to_vec();
        let end = (at + cut).min(report.len());
        report.splice(at..end, bytes);
        let _ = read_all(&report, Limits::STANDARD, &PAIN_002);
    }
}
