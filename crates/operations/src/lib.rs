//! What the program does, one file per operation: load facts, decide with the pure core, save in
//! one transaction.
//!
//! An operation never talks to a partner while it holds a transaction, never builds a page, and
//! holds no statement: SQL is the store's, words of partners are the channels'.

pub mod ask_cover;
pub mod assess_month;
pub mod casework;
pub mod change_enrolment;
pub mod city;
pub mod close_month;
pub mod close_task;
pub mod counter;
pub mod decide_cover;
mod decide_receipt;
pub mod desk;
pub mod enrol;
pub mod import_file;
pub mod list_held_dues;
pub mod open_inquiry;
pub mod open_task;
pub mod reconcile_day;
pub mod record_event;
pub mod remind_deposit;
pub mod restore_cover;
pub mod run;
pub mod settle_difference;
pub mod sign_mandate;
pub mod spoken;
pub mod stop_enrolment;
pub mod verify;
pub mod wechat;
pub mod withholding;
pub mod write_notice;

pub use city::City;
