//! Every shape in which a bank may answer, as bytes: what each does to the attempts and the money.
//!
//! Two people with three dues each, all six sent in one file. A case is what the bank's files say,
//! one after the other, and how the attempts stand then: `s` sent, `c` collected, `r` rejected,
//! `b` taken back, in the order pension, medical, unemployment.

use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::sandbox::manner::Answer;
use insurance::debit::DebitState;
use operations::withholding::read_bank_result::ReadResultError;
use store::tables::debit::Debit;
use store::testing::for_each_database;
use units::Fen;

use crate::world::World;

/// One file from the bank.
#[derive(Clone, Copy)]
enum Told {
    /// A status report: of the file, of its block, and (attempt, status, reason) of transactions.
    Report(&'static str, &'static str, &'static [(&'static str, &'static str, &'static str)]),
    /// A notification: (attempt, `BOOK` and the like or `BACK`, the bank's number or reason).
    Booked(&'static [(&'static str, &'static str, &'static str)]),
    /// The file before, with a text in it replaced.
    Again(&'static str, &'static str),
}

use Told::{Again, Booked, Report};

/// All of the first person's attempts.
const FIRST: [&str; 3] = ["P1", "M1", "U1"];

type Case = (&'static str, &'static [Told], &'static str);

const STATUSES: &[Case] = &[
    ("no status at all", &[Report("", "", &[])], "sss sss"),
    ("group received", &[Report("RCVD", "", &[])], "sss sss"),
    ("group technically accepted", &[Report("ACTC", "", &[])], "sss sss"),
    ("group accepted by profile", &[Report("ACCP", "", &[])], "sss sss"),
    ("group being settled", &[Report("ACSP", "", &[])], "sss sss"),
    ("group accepted with change", &[Report("ACWC", "", &[])], "sss sss"),
    ("group pending", &[Report("PDNG", "", &[])], "sss sss"),
    ("group partly, nothing listed", &[Report("PART", "", &[])], "sss sss"),
    ("group settled", &[Report("ACSC", "", &[])], "ccc ccc"),
    ("group credited", &[Report("ACCC", "", &[])], "ccc ccc"),
    ("group refused", &[Report("RJCT", "", &[])], "rrr rrr"),
    ("block settled", &[Report("", "ACSC", &[])], "ccc ccc"),
    ("block credited", &[Report("PART", "ACCC", &[])], "ccc ccc"),
    ("block refused", &[Report("PART", "RJCT", &[])], "rrr rrr"),
    ("block pending", &[Report("PART", "PDNG", &[])], "sss sss"),
    ("transaction settled", &[Report("PART", "PART", &[("P1", "ACSC", "")])], "css sss"),
    ("transaction credited", &[Report("PART", "PART", &[("P1", "ACCC", "")])], "css sss"),
    ("transaction refused", &[Report("PART", "PART", &[("P1", "RJCT", "AM04")])], "rss sss"),
    ("transaction cancelled", &[Report("PART", "", &[("P1", "CANC", "")])], "rss sss"),
    ("transaction received", &[Report("", "", &[("P1", "RCVD", "")])], "sss sss"),
    ("transaction accepted", &[Report("", "", &[("P1", "ACCP", "")])], "sss sss"),
    ("transaction being settled", &[Report("", "", &[("P1", "ACSP", "")])], "sss sss"),
    ("transaction pending", &[Report("", "", &[("P1", "PDNG", "")])], "sss sss"),
    ("transaction blocked", &[Report("", "", &[("P1", "BLCK", "")])], "sss sss"),
    ("transaction of an unknown status", &[Report("", "", &[("P1", "ZZZZ", "")])], "sss sss"),
    ("a transaction has its block's status", &[Report("", "RJCT", &[("P1", "", "")])], "rrr rrr"),
    (
        "a transaction's word goes before its file's",
        &[Report("RJCT", "", &[("P1", "ACSC", "")])],
        "crr rrr",
    ),
    (
        "settled, and only the rejects listed",
        &[Report("ACSC", "", &[("U1", "RJCT", "AM04")])],
        "ccr ccc",
    ),
    (
        "partly, and only the rejects listed",
        &[Report("PART", "PART", &[("M1", "RJCT", "AM04"), ("U1", "RJCT", "AM04")])],
        "srr sss",
    ),
    (
        "each branch its own way",
        &[Report(
            "PART",
            "PART",
            &[("P1", "ACSC", ""), ("M1", "RJCT", "AM04"), ("U1", "PDNG", "")],
        )],
        "crs sss",
    ),
];

const ORDERS: &[Case] = &[
    ("the same report twice", &[Report("", "", &[("P1", "ACSC", "")]), Again("", "")], "css sss"),
    (
        "the same words under another number",
        &[Report("", "", &[("P1", "ACSC", "")]), Again("<MsgId>BANK", "<MsgId>OTHER")],
        "css sss",
    ),
    (
        "a transaction twice in one report",
        &[Report("", "", &[("P1", "RJCT", "AM04"), ("P1", "RJCT", "AM04")])],
        "rss sss",
    ),
    (
        "pending, then settled",
        &[Report("", "", &[("P1", "PDNG", "")]), Report("", "", &[("P1", "ACSC", "")])],
        "css sss",
    ),
    (
        "settled, then pending",
        &[Report("", "", &[("P1", "ACSC", "")]), Report("", "", &[("P1", "PDNG", "")])],
        "css sss",
    ),
    (
        "settled, then refused",
        &[Report("", "", &[("P1", "ACSC", "")]), Report("", "", &[("P1", "RJCT", "AM04")])],
        "css sss, 1 contradicted",
    ),
    (
        "refused, then settled by word alone",
        &[Report("", "", &[("P1", "RJCT", "AM04")]), Report("", "", &[("P1", "ACSC", "")])],
        "rss sss, 1 contradicted",
    ),
    (
        "refused, then booked",
        &[Report("", "", &[("P1", "RJCT", "AM04")]), Booked(&[("P1", "BOOK", "n1")])],
        "css sss",
    ),
    (
        "reported, then booked",
        &[Report("", "", &[("P1", "ACSC", "")]), Booked(&[("P1", "BOOK", "n1")])],
        "css sss",
    ),
    (
        "booked, then reported",
        &[Booked(&[("P1", "BOOK", "n1")]), Report("", "", &[("P1", "ACSC", "")])],
        "css sss",
    ),
    (
        "in two reports, the second first",
        &[Report("", "", &[("P2", "ACSC", "")]), Report("", "", &[("P1", "RJCT", "AC04")])],
        "rss css",
    ),
];

const MONEY: &[Case] = &[
    ("booked", &[Booked(&[("P1", "BOOK", "n1"), ("M1", "BOOK", "n2")])], "ccs sss"),
    ("announced only", &[Booked(&[("P1", "PDNG", "n1")])], "sss sss"),
    ("for information only", &[Booked(&[("P1", "INFO", "n1")])], "sss sss"),
    (
        "booked twice under one number",
        &[Booked(&[("P1", "BOOK", "n1"), ("P1", "BOOK", "n1")])],
        "css sss",
    ),
    (
        "booked twice under two numbers",
        &[Booked(&[("P1", "BOOK", "n1"), ("P1", "BOOK", "n2")])],
        "css sss, P1 held",
    ),
    (
        "for a number that is none of ours",
        &[Booked(&[("STRANGER", "BOOK", "n1")])],
        "sss sss, 1 unknown, P1 held",
    ),
    (
        "without an end-to-end number",
        &[Booked(&[("", "BOOK", "n1")])],
        "sss sss, 1 unknown, P1 held",
    ),
    (
        "reported for a stranger is no money yet",
        &[Report("", "", &[("STRANGER", "ACSC", "")])],
        "sss sss, 1 unknown",
    ),
    (
        "reported without an end-to-end number",
        &[Report("", "", &[("", "ACSC", ""), ("P1", "ACSC", "")])],
        "css sss, 1 unknown",
    ),
    (
        "a refusal without an end-to-end number",
        &[Report("", "", &[("", "RJCT", "AM04")])],
        "sss sss, 1 unknown",
    ),
    (
        "returned after it was booked",
        &[Booked(&[("P1", "BOOK", "n1")]), Booked(&[("P1", "BACK", "MD06")])],
        "bss sss",
    ),
    (
        "returned after it was reported",
        &[Report("", "", &[("P1", "ACSC", "")]), Booked(&[("P1", "BACK", "MD06")])],
        "bss sss",
    ),
    ("returned before anything was told", &[Booked(&[("P1", "BACK", "AC04")])], "bss sss"),
    (
        "returned twice",
        &[
            Booked(&[("P1", "BOOK", "n1")]),
            Booked(&[("P1", "BACK", "MD06")]),
            Again("<MsgId>BANK", "<MsgId>OTHER"),
        ],
        "bss sss",
    ),
    (
        "refused, then returned",
        &[Report("", "", &[("P1", "RJCT", "AM04")]), Booked(&[("P1", "BACK", "MD06")])],
        "bss sss",
    ),
    (
        "returned, then refused",
        &[Booked(&[("P1", "BACK", "MD06")]), Report("", "", &[("P1", "RJCT", "AM04")])],
        "bss sss, 1 contradicted",
    ),
];

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

/// The attempt of a word such as `P1`: branch and person.
fn attempt<'a>(debits: &'a [Debit], word: &str) -> &'a Debit {
    let place = ["P1", "M1", "U1", "P2", "M2", "U2"].iter().position(|known| *known == word);
    &debits[place.unwrap_or(0)]
}

fn number(debits: &[Debit], word: &str) -> String {
    if matches!(word, "" | "STRANGER") {
        return word.to_owned();
    }
    let debit = attempt(debits, word);
    EndToEndId { due: debit.due, attempt: debit.attempt }.to_string()
}

fn element(name: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("<{name}>{value}</{name}>") }
}

fn report(debits: &[Debit], told: (&str, &str, &[(&str, &str, &str)]), nth: usize) -> String {
    let (group, block, lines) = told;
    let file = &debits[0].file;
    let lines: String = lines
        .iter()
        .map(|(word, status, code)| {
            let id = element("OrgnlEndToEndId", &number(debits, word));
            let reason = element("StsRsnInf", &element("Rsn", &element("Cd", code)));
            let reason = if code.is_empty() { String::new() } else { reason };
            format!("<TxInfAndSts>{id}{}{reason}</TxInfAndSts>", element("TxSts", status))
        })
        .collect();
    let (group, block) = (element("GrpSts", group), element("PmtInfSts", block));
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr>\
         <MsgId>BANK{nth}</MsgId><CreDtTm>2026-11-26T18:00:00+08:00</CreDtTm></GrpHdr>\
         <OrgnlGrpInfAndSts><OrgnlMsgId>{file}</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08\
         </OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{file}-1\
         </OrgnlPmtInfId>{block}{lines}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
}

fn notification(debits: &[Debit], lines: &[(&str, &str, &str)], nth: usize) -> String {
    let entries: String = lines
        .iter()
        .map(|(word, status, said)| {
            let (id, amount) = (number(debits, word), attempt(debits, word).amount);
            let back = *status == "BACK";
            let (way, status) = if back { ("DBIT", "BOOK") } else { ("CRDT", *status) };
            let (number, reason) = if back {
                (String::new(), format!("<RtrInf><Rsn><Cd>{said}</Cd></Rsn></RtrInf>"))
            } else {
                (element("AcctSvcrRef", said), String::new())
            };
            let refs = element("Refs", &(number + &element("EndToEndId", &id)));
            format!(
                "<Ntry><Amt Ccy=\"CNY\">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>{status}\
                 </Cd></Sts><BookgDt><Dt>2026-11-26</Dt></BookgDt><BkTxCd/><NtryDtls><TxDtls>{refs}\
                 <Amt Ccy=\"CNY\">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{reason}</TxDtls>\
                 </NtryDtls></Ntry>"
            )
        })
        .collect();
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn>\
         <GrpHdr><MsgId>BANK{nth}</MsgId><CreDtTm>2026-11-26T23:00:00+08:00</CreDtTm></GrpHdr>\
         <Ntfctn><Id>N{nth}</Id><Acct><Id><Othr><Id>32001881234059000001</Id></Othr></Id></Acct>\
         {entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    )
}

/// Tells the bank's files one after the other; gives how things stand, in the table's words.
fn stand_after(world: &World, files: &[Told]) -> String {
    let sent = world.debits();
    let mut text = String::new();
    let (mut unknown, mut contradicted) = (0, 0);
    for (nth, file) in files.iter().enumerate() {
        text = match *file {
            Report(group, block, lines) => report(&sent, (group, block, lines), nth + 1),
            Booked(lines) => notification(&sent, lines, nth + 1),
            Again(from, to) => text.replace(from, to),
        };
        let read = world.read(&file_of(world, &text, nth)).unwrap();
        unknown += read.unknown;
        contradicted += read.contradicted;
    }
    let mut stand = states(world);
    if unknown > 0 {
        stand += &format!(", {unknown} unknown");
    }
    if contradicted > 0 {
        stand += &format!(", {contradicted} contradicted");
    }
    if world.held() == attempt(&sent, "P1").amount {
        stand += ", P1 held";
    } else {
        assert_eq!(world.held(), Fen::ZERO);
    }
    world.check();
    stand
}

fn file_of(world: &World, text: &str, nth: usize) -> Answer {
    let at = world.at("2026-11-26").plus_seconds(i64::try_from(nth).unwrap() + 1);
    Answer { name: format!("answer-{nth}.xml"), bytes: text.as_bytes().to_vec(), at }
}

fn states(world: &World) -> String {
    let letter = |debit: &Debit| match debit.state {
        DebitState::Sent => 's',
        DebitState::Collected => 'c',
        DebitState::Rejected => 'r',
        DebitState::Returned => 'b',
    };
    let letters: String = world.debits().iter().map(letter).collect();
    let (first, second) = letters.split_at(FIRST.len());
    format!("{first} {second}")
}

fn sent_world(db: &store::Db) -> World {
    let world = World::new(db, 2);
    let built = world.build("2026-11-26").unwrap();
    world.hand_over(&built, "2026-11-26");
    world
}

fn every_case(cases: &[Case]) {
    for (name, files, expected) in cases {
        for_each_database(|db| {
            assert_eq!(stand_after(&sent_world(db), files), *expected, "{name}");
        });
    }
}

#[test]
fn each_status_of_file_block_and_transaction_does_what_the_table_says() {
    every_case(STATUSES);
}

#[test]
fn answers_that_come_late_twice_or_in_another_order_do_what_the_table_says() {
    every_case(ORDERS);
}

#[test]
fn money_that_is_booked_sent_back_or_of_a_stranger_does_what_the_table_says() {
    every_case(MONEY);
}

#[test]
fn a_report_of_a_bad_shape_is_refused_whole_and_the_rule_is_named() {
    for_each_database(|db| {
        let world = sent_world(db);
        let sent = world.debits();
        let good = report(&sent, ("PART", "PART", &[("P1", "ACSC", "")]), 1);
        for (nth, (name, from, to, rule)) in REFUSED.iter().enumerate() {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good, "{name}");
            match world.read(&file_of(&world, &bad, nth)) {
                Err(ReadResultError::FileMustKeepTheRules { refusal, .. }) => {
                    assert!(refusal.to_string().contains(rule), "{name}: {refusal}");
                }
                other => panic!("{name}: {other:?}"),
            }
            assert_eq!(states(&world), "sss sss", "{name}");
        }
        world.read(&file_of(&world, &good, REFUSED.len())).unwrap();
        assert_eq!(states(&world), "css sss", "the corrected file is booked");
        world.check();
    });
}
