//! 柜面缴费: cash paid at a bank's counter, in real time.
//!
//! The bank's core system calls us: dues query, payment, status by the bank's serial, reversal
//! (冲正), day end (对账). Here is the pure part: words on the wire, signatures, the rules of a
//! serial number, the comparison of a day. No socket, no database, no clock.
//!
//! Files in reading order: [`http_signature`] who speaks.

pub mod http_signature;
