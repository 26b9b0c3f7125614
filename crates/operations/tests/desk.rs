//! What a clerk does for a person at the desk, on both databases: what is saved together, and the
//! sentence that is read out when it can't be.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

#[path = "desk/city.rs"]
mod city;
#[path = "desk/contact.rs"]
mod contact;
#[path = "desk/join.rs"]
mod join;
#[path = "desk/serve.rs"]
mod serve;
