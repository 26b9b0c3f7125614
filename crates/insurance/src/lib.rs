//! The business of social insurance for the flexibly employed, as pure functions.
#![deny(clippy::float_arithmetic, clippy::as_conversions)]

pub mod ids;
pub mod payment;
