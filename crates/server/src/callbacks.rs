//! What outside parties call of their own accord: one file per party.
//!
//! A callback verifies who calls, keeps the raw message, and answers; a job does the work.

pub mod wechat;
