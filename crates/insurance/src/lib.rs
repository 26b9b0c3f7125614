//! The business of social insurance for the flexibly employed, as pure functions.
//!
//! It knows no clock, no database, no page and no partner's words: what day it is, what is stored
//! and which identifiers are fresh are arguments; what to store is what it returns. It never uses
//! a float and never panics on what a person or a channel sent.
//!
//! Files in reading order: [`ids`], [`cause`] why a fact exists; [`number`] numbers that others
//! issued; [`person`]; [`enrolment`]; [`due`] what is owed and its states; [`assessment`]
//! computing it;
//! [`payment`] one attempt to collect, and what a channel tells us; [`debit`] an attempt by a bank; [`receipt`] money that arrived;
//! [`allocation`] which dues it pays; [`ledger`] the books; [`reconciliation`] against a statement; [`entitlement`] medical cover;
//! [`notice`] who must be told what; [`clerk`] who works at a desk; [`casework`] what two people
//! decide; [`payment_order`] money that leaves; [`person::inquiry`] who may look without signing in;
//! [`calculator`] what people ask
//! for in advance.
#![deny(clippy::float_arithmetic, clippy::as_conversions)]

pub mod allocation;
pub mod assessment;
pub mod calculator;
pub mod casework;
pub mod cause;
pub mod clerk;
pub mod debit;
pub mod due;
pub mod enrolment;
pub mod entitlement;
pub mod ids;
pub mod ledger;
pub mod notice;
pub mod number;
pub mod payment;
pub mod payment_order;
pub mod person;
pub mod receipt;
pub mod reconciliation;

pub use number::{
    bank_card, cnaps_bank_number, credit_code, identity_number, mobile_number, social_security_card,
};
