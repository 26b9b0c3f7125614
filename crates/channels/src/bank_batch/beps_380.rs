//! Writes `beps.380.001.01` 批量代收业务报文, the collection message of China's small-value bulk
//! payment system (小额支付系统, second generation).
//!
//! One message asks one debtor bank. A transaction is named by its place in the batch (`TxId`, eight
//! digits): the field is too short for an end-to-end number, so whoever sends a message keeps the
//! pairs. So is the message's number for ours: it is made of the same parts ([`MessageNumber`]).
//! The envelope around the document and its signature are made by the bank's front end (前置机).

use std::fmt::Write as _;
use std::io::Write;

use insurance::cnaps_bank_number::CnapsBankNumber;
use units::Fen;

use super::debit::{Debit, DebitFile, Totals};
use super::pain_008::{Field, agency_text, person_text};
use super::write_error::WriteError;

/// 报文标识号: the day, the paying bank's class, the round and the file, in sixteen digits.
///
/// ```
/// use channels::bank_batch::beps_380::MessageNumber;
/// let number = MessageNumber::of_file("FE-20261126-boc-1-0007", "104").unwrap();
/// assert_eq!(number.as_str(), "2026112610410007");
/// assert_eq!(MessageNumber::file_of("2026112610410007", "boc"), "FE-20261126-boc-1-0007");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageNumber(String);

impl MessageNumber {
    /// The number of a file of ours to a bank of a class (the first three digits of its 行号);
    /// `None` beyond nine rounds a day or 9,999 files a round.
    #[must_use]
    pub fn of_file(file: &str, class: &str) -> Option<Self> {
        let mut parts = file.rsplit('-');
        let (number, round, _bank, day) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let digits = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let fits = digits(number, 4) && digits(round, 1) && digits(day, 8) && digits(class, 3);
        fits.then(|| Self(format!("{day}{class}{round}{number}")))
    }

    /// The file of a number that an answer names; a number of another shape is nobody's file.
    #[must_use]
    pub fn file_of(number: &str, bank: &str) -> String {
        let part = |from: usize, to: usize| number.get(from..to).unwrap_or_default();
        format!("FE-{}-{bank}-{}-{}", part(0, 8), part(11, 12), part(12, 16))
    }

    /// The sixteen digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The head of a message.
#[derive(Clone, Debug)]
pub struct CollectionMessage<'a> {
    /// Day, totals and creditor.
    pub file: &'a DebitFile,
    /// The message's number.
    pub number: MessageNumber,
    /// The bank of every debtor in it.
    pub debtor_bank: CnapsBankNumber,
    /// The batch's number, at most eight digits.
    pub batch_number: u32,
    /// How many days the debtor bank has for its answer, at most 99.
    pub answer_days: u8,
}

/// The `TxId` of a place in the batch, from 1.
#[must_use]
pub fn transaction_id(place: u64) -> String {
    format!("{place:08}")
}

/// Writes a message; each debit comes with its place in the batch, which rises and may leave some out.
///
/// # Errors
/// [`WriteError`]; what was written until then must be thrown away.
pub fn write<W: Write>(
    mut out: W,
    message: &CollectionMessage<'_>,
    debits: impl IntoIterator<Item = (u64, Debit)>,
) -> Result<(), WriteError> {
    let mut text = String::with_capacity(2048);
    head(&mut text, message)?;
    let mut written = Totals::default();
    for (place, debit) in debits {
        if debit.bank != message.debtor_bank {
            return Err(WriteError::PersonDataMustFit {
                person: debit.end_to_end_id.due.person,
                field: "the account's bank",
                must: "be the bank that the message asks",
            });
        }
        let sum = written.sum.checked_add(debit.amount).unwrap_or(Fen::MAX);
        written = Totals { count: written.count + 1, sum };
        transaction(&mut text, &debit, place)?;
        out.write_all(text.as_bytes())?;
        text.clear();
    }
    if written != message.file.totals {
        return Err(WriteError::TotalsMustBeKept { counted: message.file.totals, written });
    }
    text.push_str("</BtchColltnChrgsInf>\n</BtchColltnChrgs>\n</Document>\n");
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

fn head(text: &mut String, message: &CollectionMessage<'_>) -> Result<(), WriteError> {
    let (file, creditor) = (message.file, &message.file.creditor);
    let id = message.number.as_str();
    if message.batch_number > 99_999_999 || message.answer_days > 99 {
        let (field, must) = ("the batch number", "have eight digits, and the answer two for days");
        return Err(WriteError::AgencyDataMustFit { field, must });
    }
    let mut name = String::new();
    agency_text(&mut name, &creditor.name, Field::new("the account's name", 60))?;
    let mut account = String::new();
    agency_text(&mut account, &creditor.account, Field::new("the account number", 32))?;
    let created = file.created_at.to_rfc3339_seconds();
    // The system's moments are local and without an offset.
    let created = created.get(..19).unwrap_or_default();
    let (from, to) = (&creditor.bank, &message.debtor_bank);
    let (number, days) = (message.batch_number, message.answer_days);
    let Totals { count, sum } = file.totals;
    write!(
        text,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:cnaps:std:beps:2010:tech:xsd:beps.380.001.01">
<BtchColltnChrgs>
<GrpHdr><MsgId>{id}</MsgId><CreDtTm>{created}</CreDtTm><InstgPty><InstgDrctPty>{from}</InstgDrctPty><InstgPty>{from}</InstgPty></InstgPty><InstdPty><InstdDrctPty>{to}</InstdDrctPty><InstdPty>{to}</InstdPty></InstdPty><SysCd>BEPS</SysCd></GrpHdr>
<BtchColltnChrgsInf><BtchNb>{number:08}</BtchNb><TrnsmtDt>{}</TrnsmtDt><RtrLtd>{days:02}</RtrLtd><DbtrAgt><BrnchId><Id>{to}</Id></BrnchId></DbtrAgt><CdtrAgt><BrnchId><Id>{from}</Id></BrnchId></CdtrAgt><Cdtr><Nm>{name}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct><TtlAmt Ccy="CNY">{sum}</TtlAmt><PmtTpInf><CtgyPurp><Prtry>09001</Prtry></CtgyPurp></PmtTpInf><DbtrNb>{count:08}</DbtrNb>
"#,
        file.collect_on
    )
    .expect("a String takes any text");
    Ok(())
}

fn transaction(text: &mut String, debit: &Debit, place: u64) -> Result<(), WriteError> {
    let person = debit.end_to_end_id.due.person;
    let id = transaction_id(place);
    write!(text, "<DbtrDtls><Purp><Prtry>09001</Prtry></Purp><TxId>{id}</TxId><Dbtr><Nm>")
        .expect("a String takes any text");
    person_text(text, &debit.holder, (person, Field::new("the holder's name", 60)))?;
    text.push_str("</Nm></Dbtr><DbtrAcct><Id><Othr><Id>");
    person_text(text, &debit.account, (person, Field::new("the account number", 32)))?;
    write!(
        text,
        r#"</Id></Othr></Id></DbtrAcct><BrnchId>{}</BrnchId><Amt Ccy="CNY">{}</Amt><EndToEndId>"#,
        debit.bank, debit.amount
    )
    .expect("a String takes any text");
    person_text(text, &debit.mandate, (person, Field::new("the mandate number", 60)))?;
    // CE01: the debtor bank checks the mandate before it pays.
    text.push_str("</EndToEndId><ChckFlg>CE01</ChckFlg></DbtrDtls>\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank_batch::sample;

    fn written(debits: &[Debit], id: &str) -> Result<String, WriteError> {
        let file = sample::file(debits);
        let number = MessageNumber::of_file(id, "105").expect("a number");
        let debtor_bank = CnapsBankNumber::parse("105301000013").unwrap();
        let message =
            CollectionMessage { file: &file, number, debtor_bank, batch_number: 7, answer_days: 2 };
        let mut out = Vec::new();
        write(&mut out, &message, (1..).zip(debits.iter().cloned()))?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_message_asks_one_bank_for_each_due_by_its_place() {
        let text = written(&sample::debits(1), "FE-20261126-ccb-1-0001").unwrap();
        for part in [
            "<MsgId>2026112610510001</MsgId><CreDtTm>2026-11-26T08:00:00</CreDtTm>",
            "<BtchNb>00000007</BtchNb><TrnsmtDt>2026-11-26</TrnsmtDt><RtrLtd>02</RtrLtd>",
            "<TtlAmt Ccy=\"CNY\">1473.70</TtlAmt>",
            "<DbtrNb>00000003</DbtrNb>",
            "<TxId>00000002</TxId><Dbtr><Nm>张三</Nm></Dbtr>",
            "<Amt Ccy=\"CNY\">400.32</Amt><EndToEndId>MN32010000000001</EndToEndId>",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn another_banks_account_is_refused() {
        let mut debits = sample::debits(1);
        debits[1].bank = CnapsBankNumber::parse("102301000010").unwrap();
        let refused = written(&debits, "FE-20261126-ccb-1-0001");
        assert!(matches!(refused, Err(WriteError::PersonDataMustFit { .. })));
    }

    #[test]
    fn a_files_number_goes_into_sixteen_digits_and_back_or_is_refused() {
        for file in ["FE-20261126-ccb-1-0001", "FE-20261130-ccb-9-9999"] {
            let number = MessageNumber::of_file(file, "105").unwrap();
            assert_eq!(number.as_str().len(), 16);
            assert_eq!(MessageNumber::file_of(number.as_str(), "ccb"), file);
        }
        for file in ["FE-20261126-ccb-10-0001", "FE-20261126-ccb-1-10000", "FE3201"] {
            assert_eq!(MessageNumber::of_file(file, "105"), None, "{file}");
        }
    }
}
