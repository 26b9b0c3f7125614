//! Writes `pain.008.001.08`, the customer's direct debit initiation of ISO 20022.
//!
//! Chinese accounts have no IBAN and Chinese banks are not found by BIC: accounts are `Othr` with
//! scheme `BBAN`, banks are clearing members of `CNAPS`, people are identified by `NIDN` (all codes
//! of ISO 20022's external code sets). One payment block holds one transaction per due, in the
//! order given; the agreement with the bank says that document order is processing order, so a
//! short balance pays the first branches and leaves the last.

use std::io::Write;

use insurance::ids::PersonId;
use units::Fen;

use policy::Branch;

use super::debit::{Debit, DebitFile, Totals};
use super::write_error::WriteError;

/// Writes a whole file, one debit at a time; memory stays at one debit.
///
/// # Errors
/// [`WriteError`]; what was written until then is no file and must be thrown away, which
/// [`hand_over`](super::hand_over) does.
pub fn write<W: Write>(
    mut out: W,
    file: &DebitFile,
    debits: impl IntoIterator<Item = Debit>,
) -> Result<(), WriteError> {
    let mut text = String::with_capacity(2048);
    head(&mut text, file)?;
    let mut written = Totals::default();
    for debit in debits {
        transaction(&mut text, &debit)?;
        written =
            written.with(debit.amount).unwrap_or(Totals { count: written.count, sum: Fen::MAX });
        out.write_all(text.as_bytes())?;
        text.clear();
    }
    if written != file.totals {
        return Err(WriteError::TotalsMustBeKept { counted: file.totals, written });
    }
    text.push_str("</PmtInf>\n</CstmrDrctDbtInitn>\n</Document>\n");
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// The number of a file's only payment block.
#[must_use]
pub fn payment_information_id(file: &DebitFile) -> String {
    format!("{}-1", file.message_id)
}

fn head(text: &mut String, file: &DebitFile) -> Result<(), WriteError> {
    use std::fmt::Write as _;
    let creditor = &file.creditor;
    let mut initiator = String::new();
    agency_text(&mut initiator, &creditor.initiator, Field::new("the initiator's name", 140))?;
    let mut code = String::new();
    agency_text(&mut code, &creditor.initiator_code, Field::new("the initiator's code", 35))?;
    let mut name = String::new();
    agency_text(&mut name, &creditor.name, Field::new("the account's name", 140))?;
    let mut account = String::new();
    agency_text(&mut account, &creditor.account, Field::new("the account number", 34))?;
    let (id, count, sum) = (&file.message_id, file.totals.count, file.totals.sum);
    let (created_at, collect_on) = (file.created_at.to_rfc3339_seconds(), file.collect_on);
    let bank = &creditor.bank;
    write!(
        text,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.08">
<CstmrDrctDbtInitn>
<GrpHdr><MsgId>{id}</MsgId><CreDtTm>{created_at}</CreDtTm><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum><InitgPty><Nm>{initiator}</Nm><Id><OrgId><Othr><Id>{code}</Id><SchmeNm><Prtry>USCC</Prtry></SchmeNm></Othr></OrgId></Id></InitgPty></GrpHdr>
<PmtInf><PmtInfId>{id}-1</PmtInfId><PmtMtd>DD</PmtMtd><BtchBookg>true</BtchBookg><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum><PmtTpInf><LclInstrm><Prtry>SI-FLEX</Prtry></LclInstrm><SeqTp>RCUR</SeqTp><CtgyPurp><Cd>GOVT</Cd></CtgyPurp></PmtTpInf><ReqdColltnDt>{collect_on}</ReqdColltnDt><Cdtr><Nm>{name}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{account}</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id><Ccy>CNY</Ccy></CdtrAcct><CdtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>{bank}</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt>
"#
    )
    .expect("a String takes any text");
    Ok(())
}

fn transaction(text: &mut String, debit: &Debit) -> Result<(), WriteError> {
    use std::fmt::Write as _;
    let id = debit.end_to_end_id;
    let person = id.due.person;
    let (purpose, branch) = match id.due.branch {
        Branch::Pension => ("PENSION", "养老保险费"),
        Branch::Medical => ("MEDICAL", "医疗保险费"),
        Branch::Unemployment => ("UNEMPLOYMENT", "失业保险费"),
    };
    write!(
        text,
        r#"<DrctDbtTxInf><PmtId><EndToEndId>{id}</EndToEndId></PmtId><InstdAmt Ccy="CNY">{}</InstdAmt><DrctDbtTx><MndtRltdInf><MndtId>"#,
        debit.amount
    )
    .expect("a String takes any text");
    person_text(text, &debit.mandate, (person, Field::new("the mandate number", 35)))?;
    write!(
        text,
        "</MndtId><DtOfSgntr>{}</DtOfSgntr></MndtRltdInf></DrctDbtTx><DbtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>{}</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt><Dbtr><Nm>",
        debit.signed_on, debit.bank
    )
    .expect("a String takes any text");
    person_text(text, &debit.holder, (person, Field::new("the holder's name", 140)))?;
    text.push_str("</Nm><Id><PrvtId><Othr><Id>");
    person_text(text, &debit.identity_number, (person, Field::new("the identity number", 35)))?;
    text.push_str(
        "</Id><SchmeNm><Cd>NIDN</Cd></SchmeNm></Othr></PrvtId></Id></Dbtr><DbtrAcct><Id><Othr><Id>",
    );
    person_text(text, &debit.account, (person, Field::new("the account number", 34)))?;
    let month = id.due.month;
    writeln!(
        text,
        "</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id></DbtrAcct><Purp><Prtry>{purpose}</Prtry></Purp><RmtInf><Ustrd>灵活就业{branch} {month}</Ustrd></RmtInf></DrctDbtTxInf>"
    )
    .expect("a String takes any text");
    Ok(())
}

/// A field of the message and how many characters it takes.
#[derive(Clone, Copy)]
pub(super) struct Field {
    name: &'static str,
    length_max: usize,
}

impl Field {
    pub(super) const fn new(name: &'static str, length_max: usize) -> Self {
        Self { name, length_max }
    }
}

pub(super) fn person_text(
    text: &mut String,
    value: &str,
    (person, field): (PersonId, Field),
) -> Result<(), WriteError> {
    escaped(text, value, field).map_err(|must| WriteError::PersonDataMustFit {
        person,
        field: field.name,
        must,
    })
}

pub(super) fn agency_text(text: &mut String, value: &str, field: Field) -> Result<(), WriteError> {
    escaped(text, value, field)
        .map_err(|must| WriteError::AgencyDataMustFit { field: field.name, must })
}

/// Appends a value with the characters escaped that mean something to XML.
fn escaped(text: &mut String, value: &str, field: Field) -> Result<(), &'static str> {
    if value.trim().is_empty() {
        return Err("not be empty");
    }
    if value.len() > field.length_max && value.chars().count() > field.length_max {
        return Err("fit its field (35, 34 or 140 characters)");
    }
    // Nearly every value is plain: nothing to escape, no control character, not U+FFFE's start.
    let special = |byte: u8| byte < b' ' || matches!(byte, b'&' | b'<' | b'>' | 0x7f | 0xc2 | 0xef);
    if !value.bytes().any(special) {
        text.push_str(value);
        return Ok(());
    }
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            _ if c.is_control() || !super::is_xml_character(c) => {
                return Err("have no control characters");
            }
            _ => text.push(c),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::debit::Creditor;
    use super::super::sandbox::order_file;
    use super::super::{sample, xmllint};
    use super::*;

    #[test]
    fn a_file_is_valid_and_keeps_the_order_of_withholding() {
        let debits = sample::debits(3);
        let bytes = sample::pain_008(&debits);
        if let Some(verdicts) = xmllint::verdicts("pain.008.001.08", std::slice::from_ref(&bytes)) {
            assert_eq!(verdicts, [true]);
        }
        let file = order_file::read(&*bytes).unwrap();
        assert_eq!(file.message_id, "FE3201-20261126-105-01");
        assert_eq!(file.payment_information_id, payment_information_id(&sample::file(&debits)));
        let asked: Vec<(String, Fen, &str)> = debits
            .iter()
            .map(|d| (d.end_to_end_id.to_string(), d.amount, d.account.as_str()))
            .collect();
        let read: Vec<(String, Fen, &str)> = file
            .orders
            .iter()
            .map(|o| (o.end_to_end_id.clone(), o.amount, o.account.as_str()))
            .collect();
        assert_eq!(read, asked);
    }

    #[test]
    fn one_debit_is_written_as_agreed() {
        let bytes = sample::pain_008(&[sample::debit(1, Branch::Medical, "400.32")]);
        let text = String::from_utf8(bytes).unwrap();
        for part in [
            "<CreDtTm>2026-11-26T08:00:00+08:00</CreDtTm><NbOfTxs>1</NbOfTxs><CtrlSum>400.32</CtrlSum>",
            "<SeqTp>RCUR</SeqTp><CtgyPurp><Cd>GOVT</Cd></CtgyPurp>",
            "<ReqdColltnDt>2026-11-26</ReqdColltnDt>",
            "<EndToEndId>0000000000001-202611-M0-1-5V</EndToEndId>",
            "<InstdAmt Ccy=\"CNY\">400.32</InstdAmt>",
            "<ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>105301000013</MmbId>",
            "<Id>11010519491231002X</Id><SchmeNm><Cd>NIDN</Cd></SchmeNm>",
            "<Id>6217001234500000001</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm>",
            "<Ustrd>灵活就业医疗保险费 2026-11</Ustrd>",
        ] {
            assert!(text.contains(part), "{part}");
        }
    }

    #[test]
    fn names_that_mean_something_to_xml_are_escaped() {
        let mut debit = sample::debit(1, Branch::Pension, "975.80");
        debit.holder = "A&B <张三> \"三\"".to_owned();
        let bytes = sample::pain_008(&[debit]);
        if let Some(verdicts) = xmllint::verdicts("pain.008.001.08", std::slice::from_ref(&bytes)) {
            assert_eq!(verdicts, [true]);
        }
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("<Nm>A&amp;B &lt;张三&gt; \"三\"</Nm>"));
    }

    #[test]
    fn data_that_cannot_be_written_refuse_the_person_without_naming_them() {
        let long = "长".repeat(141);
        for name in ["", "  ", "张\u{0}三", "张\u{1b}三", "张\n三", "张\u{ffff}三", long.as_str()]
        {
            let mut debit = sample::debit(7, Branch::Pension, "975.80");
            debit.holder = name.to_owned();
            let refused = write(Vec::new(), &sample::file(&[debit.clone()]), [debit]);
            let Err(WriteError::PersonDataMustFit { person, field, .. }) = refused else {
                panic!("{name:?}");
            };
            assert_eq!((person.get(), field), (7, "the holder's name"));
        }
        let mut longest = sample::debit(7, Branch::Pension, "975.80");
        longest.holder = "长".repeat(140);
        write(Vec::new(), &sample::file(&[longest.clone()]), [longest]).unwrap();
    }

    #[test]
    fn a_file_whose_debits_are_not_those_counted_is_refused() {
        let debits = sample::debits(2);
        let file = sample::file(&debits[..5]);
        let refused = write(Vec::new(), &file, debits);
        assert!(matches!(refused, Err(WriteError::TotalsMustBeKept { .. })));
        let creditor = Creditor { name: String::new(), ..file.creditor.clone() };
        let refused = write(Vec::new(), &DebitFile { creditor, ..file }, []);
        assert!(matches!(refused, Err(WriteError::AgencyDataMustFit { .. })));
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(
            holder in "\\PC{1,60}", account in "[0-9]{8,34}", fen in 1..10_000_000_i64, person in 1..i64::MAX,
        ) {
            let mut debit = sample::debit(person, Branch::Pension, "1.00");
            debit.holder = holder;
            debit.account = account;
            debit.amount = Fen::new(fen).unwrap();
            let mut out = Vec::new();
            match write(&mut out, &sample::file(&[debit.clone()]), [debit.clone()]) {
                Ok(()) => {
                    let file = order_file::read(&*out).unwrap();
                    prop_assert_eq!(&file.orders[0].account, &debit.account);
                    prop_assert_eq!(file.orders[0].amount, debit.amount);
                    prop_assert_eq!(&file.orders[0].end_to_end_id, &debit.end_to_end_id.to_string());
                }
                Err(error) => prop_assert!(debit.holder.trim().is_empty(), "{error}"),
            }
        }
    }
}
