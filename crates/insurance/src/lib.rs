//! The business of social insurance for the flexibly employed, as pure functions.
#![deny(clippy::float_arithmetic, clippy::as_conversions)]

pub mod allocation;
pub mod bank_card;
pub mod cause;
pub mod cnaps_bank_number;
pub mod credit_code;
pub mod due;
pub mod entitlement;
mod folding;
pub mod identity_number;
pub mod ids;
pub mod ledger;
pub mod mobile_number;
pub mod payment;
pub mod social_security_card;
