//! Every statement of the program, one file per table family. `find` may find nothing, `get` must
//! find, `list_*` may be empty, `insert` adds, `set_*` changes a projection.

pub mod access_log;
pub mod access_pending;
pub mod account_deposit;
pub mod assessment_batch;
pub mod audit_event;
pub mod bulk_books;
pub mod caller_version;
pub mod case_evidence;
pub mod channel_day;
pub mod channel_reference;
pub mod clerk;
pub mod clerk_account;
pub mod clerk_staff;
pub mod collection;
pub mod counter_certificate;
pub mod counter_day;
pub mod counter_key;
pub mod counter_network;
pub mod counter_nonce;
pub mod counter_rate;
pub mod counter_request;
pub mod counter_serial;
pub mod debit;
pub mod debit_failure;
pub mod debit_file;
pub mod debit_told;
pub mod difference;
pub mod due;
pub mod employer_month;
pub mod enrolment;
pub mod enrolment_draft;
pub mod entry;
pub mod import_file;
pub mod import_line;
pub mod inbound_message;
pub mod inquiry;
pub mod inquiry_guess;
pub mod mandate;
pub mod meta;
pub mod month_close;
pub mod notice;
pub mod office_case;
pub mod payment;
pub mod payment_order;
pub mod person;
pub mod receipt;
pub mod receipt_move;
pub mod recovery;
pub mod refund;
pub mod run;
pub mod session;
pub mod single_sign_on;
pub mod suspense;
pub mod suspension;
pub mod task;
pub mod transfer;
pub mod verification;
pub mod verification_code;
pub mod wechat_order;
pub mod wechat_visitor;

use insurance::cause::Cause;
use policy::Branch;

use crate::{Error, Row};

/// The cause in two columns.
fn cause(row: &Row<'_>, column: usize) -> Result<Cause, Error> {
    let corrupt = Error::Corrupt { column, expected: "a kind of cause" };
    Cause::from_parts(row.int(column)?, row.int(column + 1)?).ok_or(corrupt)
}

/// A branch in a column.
fn branch(row: &Row<'_>, column: usize) -> Result<Branch, Error> {
    let corrupt = Error::Corrupt { column, expected: "a branch" };
    Branch::from_code(row.int(column)?).ok_or(corrupt)
}

/// The part of a due in a column.
fn part(row: &Row<'_>, column: usize) -> Result<u8, Error> {
    let corrupt = Error::Corrupt { column, expected: "a part from 0 to 255" };
    u8::try_from(row.int(column)?).map_err(|_| corrupt)
}

/// A channel in a column.
fn channel(row: &Row<'_>, column: usize) -> Result<insurance::payment::ChannelKind, Error> {
    let corrupt = Error::Corrupt { column, expected: "a channel" };
    insurance::payment::ChannelKind::from_code(row.int(column)?).ok_or(corrupt)
}
