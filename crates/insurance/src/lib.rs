//! The business of social insurance for the flexibly employed, as pure functions.
#![deny(clippy::float_arithmetic, clippy::as_conversions)]

pub mod allocation;
pub mod cause;
pub mod due;
pub mod entitlement;
pub mod ids;
pub mod ledger;
pub mod payment;
