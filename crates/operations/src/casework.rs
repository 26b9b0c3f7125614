//! 办件: opening, preparing, proposing, deciding and carrying out a case.
//!
//! Every step is one transaction: load the case and its steps, ask the state machine and the rule
//! of two people (`insurance::casework`), append a step, and do what it entails. Nothing is edited;
//! a change after a proposal or an approval makes it void.
//!
//! Files in reading order: [`refusal`] why something can't be done; [`course`] loading a case and
//! appending a step; [`open_case`] opening and changing; [`add_evidence`]; [`plan`] what a case
//! comes to, with its explanation, and one file for each kind behind it; [`decide_case`]
//! proposing and deciding; [`carry_out`] doing it and ordering payments; [`answer_order`] what the
//! bank says; [`queue`] what waits, and how many days are left.

pub mod account;
pub mod add_evidence;
pub mod answer_order;
pub mod carry_out;
pub mod course;
mod death;
pub mod decide_case;
pub mod open_case;
pub mod plan;
pub mod proof;
pub mod queue;
mod recovery;
pub mod refusal;
mod surrender;
mod suspense;
mod transfer;
mod withdraw_dues;
mod wrong_receipt;

pub use course::CaseKey;
pub use refusal::CaseworkRefusal;
