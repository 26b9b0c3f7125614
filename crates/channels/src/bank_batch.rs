//! 批量代扣: the paying bank debits people's cards, in files.
//!
//! Between the agency and a bank go files of three kinds: ISO 20022 (`pain.008` out, `pain.002` and
//! `camt.054` in), the payment system's `beps.380`/`beps.381`, and text files whose shape is each
//! bank's own. All say the same: [`debit::Debit`]s out, [`bank_result::BankResult`]s in; whoever
//! books them knows no format. Reading is careful: a file that breaks a rule is refused whole, with
//! line, element and rule ([`file_refusal`]), and nothing personal is in the message.
//!
//! Files in reading order: [`debit`] what we ask, [`end_to_end_id`] how an attempt is named,
//! [`pain_008`] the file out and
//! [`write_error`] why it cannot be written, [`bank_result`] what we are told, [`reason`] why money did not come,
//! [`pain_002`] and [`camt_054`] the files in, `xml` the careful reader with its schemas,
//! [`text_profile`] files whose shape is each bank's own, [`beps_380`] and [`beps_381`] the
//! payment system's own messages,
//! [`file_refusal`] why a file is refused, [`hand_over`] how a file reaches the bank, [`sandbox`] a
//! bank for demo and tests.

pub mod bank_result;
pub mod bare_xml;
pub mod beps_380;
pub mod beps_381;
pub mod camt_054;
pub mod debit;
pub mod end_to_end_id;
pub mod file_refusal;
pub mod hand_over;
pub mod pain_002;
pub mod pain_008;
pub mod reason;
#[cfg(test)]
mod sample;
pub mod sandbox;
pub mod split_mix;
pub mod text_profile;
pub mod write_error;
mod xml;
#[cfg(test)]
mod xmllint;

pub use xml::Limits;

/// Whether XML 1.0 allows the character in a document.
pub(crate) const fn is_xml_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
