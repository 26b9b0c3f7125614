//! Numbers with a meaning: money, rates, rounding, months, dates, moments.
//!
//! Every other crate speaks in these types. This crate does no I/O, knows no clock, no law and no
//! person; it never uses a float and never panics on a value that came from outside.
//!
//! Files in reading order: [`fen`] money, [`mod@capital_amount`] 大写, [`rate`] exact fractions, [`exact`] amounts before
//! rounding, [`rounding`] the one place where an amount loses precision, [`month`] 费款所属期,
//! [`date`] civil days in Asia/Shanghai, [`timestamp`] moments.
#![deny(clippy::float_arithmetic, clippy::as_conversions)]

pub mod capital_amount;
pub mod date;
pub mod exact;
pub mod fen;
pub mod month;
pub mod rate;
pub mod rounding;
pub mod timestamp;

pub use capital_amount::capital_amount;
pub use date::{Date, Weekday};
pub use exact::ExactFen;
pub use fen::Fen;
pub use month::Month;
pub use rate::Rate;
pub use rounding::{Rounding, RoundingMode};
pub use timestamp::Timestamp;
