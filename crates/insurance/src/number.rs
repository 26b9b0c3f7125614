//! Numbers that others issued: to people, cards, telephones, employers, banks.
//!
//! Each is read as somebody typed it, checked by its own rule, and hidden in `Debug` where it is
//! personal. `folding` is what they share: full-width characters, white space, stars.

pub mod bank_card;
pub mod cnaps_bank_number;
pub mod credit_code;
mod folding;
pub mod identity_number;
pub mod mobile_number;
pub mod social_security_card;
