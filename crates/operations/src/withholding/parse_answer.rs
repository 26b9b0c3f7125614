//! Reads an answer in the format that was agreed with its bank.

use std::cell::RefCell;
use std::collections::HashMap;

use channels::bank_batch::bank_result::{BankResult, ResultSummary};
use channels::bank_batch::beps_380::MessageNumber;
use channels::bank_batch::debit::Totals;
use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::file_refusal::ReadError;
use channels::bank_batch::pain_002::Intake;
use channels::bank_batch::text_profile::result;
use channels::bank_batch::{Limits, beps_381, camt_054, pain_002};
use store::Db;
use store::tables::debit::Proof;

use super::hand_over_files::places;
use super::{Agreement, FileFormat};

/// What is known of the files that we sent: the totals of one by its number.
pub(super) type Sent<'a> = &'a dyn Fn(&str) -> Option<Totals>;

/// Reads a file in the bank's format; which ISO message it is, its namespace says.
pub(super) fn parse(
    (db, agreement): (&Db, &Agreement),
    (bytes, sent): (&[u8], Sent<'_>),
    each: &mut dyn FnMut(BankResult),
) -> Result<(ResultSummary, Proof), ReadError> {
    let intake = Intake { limits: Limits::STANDARD, sent };
    match &agreement.format {
        // A text answer is the bank's last word: its money is on the account.
        FileFormat::Text(profile) => {
            Ok((result::read(bytes, (profile, intake), each)?, Proof::Booking))
        }
        FileFormat::Cnaps2 => {
            Ok((parse_collection((db, &agreement.bank), (bytes, sent), each)?, Proof::Booking))
        }
        FileFormat::Iso20022 if is_notification(bytes) => {
            Ok((camt_054::read(bytes, intake.limits, each)?, Proof::Booking))
        }
        FileFormat::Iso20022 => Ok((pain_002::read(bytes, intake, each)?, Proof::Report)),
    }
}

/// The payment system settles before it answers: a paid line's money is on the account. It names
/// our files and debits by numbers of its own shape.
fn parse_collection(
    (db, bank): (&Db, &str),
    (bytes, sent): (&[u8], Sent<'_>),
    each: &mut dyn FnMut(BankResult),
) -> Result<ResultSummary, ReadError> {
    let known: RefCell<HashMap<String, Vec<EndToEndId>>> = RefCell::default();
    let by_place = |message: &str, transaction: &str| {
        let file = MessageNumber::file_of(message, bank);
        let mut known = known.borrow_mut();
        let places = match known.entry(file) {
            std::collections::hash_map::Entry::Occupied(places) => places.into_mut(),
            std::collections::hash_map::Entry::Vacant(free) => {
                let places = places(db, free.key()).ok()?;
                free.insert(places)
            }
        };
        let place: usize = transaction.parse().ok()?;
        places.get(place.checked_sub(1)?).map(EndToEndId::to_string)
    };
    let by_number = |message: &str| sent(&MessageNumber::file_of(message, bank));
    let intake =
        beps_381::Intake { limits: Limits::STANDARD, sent: &by_number, end_to_end_id: &by_place };
    beps_381::read(bytes, intake, each)
}

/// Whether the file's head names a `camt.054`; its reader checks the namespace itself.
fn is_notification(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(2_048)).unwrap_or_default();
    head.windows(8).any(|window| window == b"camt.054")
}
