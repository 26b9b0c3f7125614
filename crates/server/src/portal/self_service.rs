//! `/self-service` 自助缴费: from four fields to a paid bill, without signing in, inside WeChat's
//! official account, on any phone, or on a desk with a phone beside it.
//!
//! Files in the order of a person's way: [`question`] the four fields; [`code`] the verification
//! code, as [`code_picture`] and [`code_sound`]; [`ticket`] the short inquiry that follows;
//! [`visitor`] who WeChat says the payer is; [`owed`] what is owed; [`pay`] the payment,
//! [`qr`] its picture for another screen; [`receipt`] what became of it.

use axum::routing::{get, post};

use crate::site::way::{Callers, Way};

mod code;
mod code_picture;
mod code_sound;
mod owed;
mod pay;
mod qr;
mod question;
mod receipt;
mod ticket;
mod visitor;

/// Where the way begins.
pub(crate) const START: &str = "/self-service";
const OWED: &str = "/self-service/owed";
const PAY: &str = "/self-service/pay";
const RECEIPT: &str = "/self-service/receipt";
const VISITOR: &str = "/self-service/visitor";

/// The ways of self-service.
pub(super) fn ways() -> Vec<Way> {
    let everybody = Callers::Everybody;
    vec![
        Way::form(START, everybody, get(question::show).post(question::answer)),
        Way::get("/self-service/code.svg", everybody, get(code::picture)),
        Way::get("/self-service/code.wav", everybody, get(code::sound)),
        Way::get(VISITOR, everybody, get(visitor::come_back)),
        Way::get(OWED, everybody, get(owed::show)),
        Way::form(PAY, everybody, get(pay::show).post(pay::start)),
        Way::post("/self-service/cancel", everybody, post(pay::cancel)),
        Way::get(RECEIPT, everybody, get(receipt::show)),
        Way::post("/self-service/leave", everybody, post(ticket::leave)),
    ]
}
