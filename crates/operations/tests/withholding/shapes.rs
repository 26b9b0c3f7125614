//! Every shape in which a bank may answer, as bytes: what each does to the attempts and the money.
//!
//! Two people with three dues each, all six sent in one file. A case is what the bank's files say,
//! one after the other, and how the attempts stand then: `s` sent, `c` collected, `r` rejected,
//! `b` taken back, in the order pension, medical, unemployment.

#[path = "shapes/encoding.rs"]
mod encoding;
#[path = "shapes/money.rs"]
mod money;
#[path = "shapes/refused.rs"]
mod refused;
#[path = "shapes/sequence.rs"]
mod sequence;
#[path = "shapes/status.rs"]
mod status;

use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::sandbox::manner::Answer;
use insurance::debit::DebitState;
use store::tables::debit::Debit;
use store::testing::{for_each_database, on_sqlite};
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

/// A version of `camt.054`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V02,
    V04,
    V08,
}

use Told::{Again, Booked, Report};

/// All of the first person's attempts.
const FIRST: [&str; 3] = ["P1", "M1", "U1"];

type Case = (&'static str, &'static [Told], &'static str);

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

/// A notification; the versions differ in where status, direction and amount stand.
fn notification(
    debits: &[Debit],
    (lines, version): (&[(&str, &str, &str)], Version),
    nth: usize,
) -> String {
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
            let money = format!("<Amt Ccy=\"CNY\">{amount}</Amt>");
            let way = element("CdtDbtInd", way);
            let (status, told) = match version {
                Version::V02 => (status.to_owned(), element("AmtDtls", &element("TxAmt", &money))),
                Version::V04 => (status.to_owned(), format!("{money}{way}")),
                Version::V08 => (element("Cd", status), format!("{money}{way}")),
            };
            format!(
                "<Ntry>{money}{way}<Sts>{status}</Sts><BookgDt><Dt>2026-11-26</Dt></BookgDt>\
                 <BkTxCd/><NtryDtls><TxDtls>{refs}{told}{reason}</TxDtls></NtryDtls></Ntry>"
            )
        })
        .collect();
    let made = "<CreDtTm>2026-11-26T23:00:00+08:00</CreDtTm>";
    let version = match version {
        Version::V02 => "02",
        Version::V04 => "04",
        Version::V08 => "08",
    };
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.{version}\">\
         <BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>BANK{nth}</MsgId>{made}</GrpHdr><Ntfctn>\
         <Id>N{nth}</Id>{made}<Acct><Id><Othr><Id>32001881234059000001</Id></Othr></Id></Acct>\
         {entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    )
}

/// Tells the bank's files one after the other; gives how things stand, in the table's words.
fn stand_after(world: &World, (files, version): (&[Told], Version)) -> String {
    let sent = world.debits();
    let mut text = String::new();
    let (mut unknown, mut contradicted) = (0, 0);
    for (nth, file) in files.iter().enumerate() {
        text = match *file {
            Report(group, block, lines) => report(&sent, (group, block, lines), nth + 1),
            Booked(lines) => notification(&sent, (lines, version), nth + 1),
            Again(from, to) => text.replace(from, to),
        };
        let read = world.read(&file_of(world, text.as_bytes(), nth)).unwrap();
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

fn file_of(world: &World, bytes: &[u8], nth: usize) -> Answer {
    let at = world.at("2026-11-26").plus_seconds(i64::try_from(nth).unwrap() + 1);
    Answer { name: format!("answer-{nth}.xml"), bytes: bytes.to_vec(), at }
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
            let told = (*files, Version::V08);
            assert_eq!(stand_after(&sent_world(db), told), *expected, "{name}");
        });
    }
}

fn every_case_on_sqlite(cases: &[Case], version: Version) {
    for (name, files, expected) in cases {
        on_sqlite(|db| {
            let told = (*files, version);
            assert_eq!(stand_after(&sent_world(db), told), *expected, "{name} {version:?}");
        });
    }
}
