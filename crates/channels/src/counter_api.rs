//! 柜面缴费: cash paid at a bank's counter, in real time.
//!
//! The bank's core system calls us: dues query, payment, status by the bank's serial, reversal
//! (冲正), day end (对账). Here is the pure part: words on the wire, signatures, the rules of a
//! serial number, the comparison of a day. No socket, no database, no clock.
//!
//! Files in reading order: [`quote`], [`payment`], [`reversal`], [`day_end`] the calls and their
//! answers; [`bank_word`], [`masked_person`] and [`content`] what they are made of; [`quote_seal`] the number of
//! a quote; [`problem`] what goes wrong;
//! [`serial_state`] the life of a serial; [`daily_file`] and [`day_reconciliation`] the day's end;
//! [`receipt_text`] the printed receipt; [`idempotency_key`] and [`http_signature`] how a call is
//! named and signed; [`openapi`] the document for the bank's engineers.

pub mod bank_word;
pub mod content;
pub mod daily_file;
pub mod day_end;
pub mod day_reconciliation;
pub mod http_signature;
pub mod idempotency_key;
pub mod masked_person;
pub mod openapi;
pub mod payment;
pub mod problem;
pub mod quote;
pub mod quote_seal;
pub mod receipt_text;
pub mod reversal;
pub mod serial_state;
