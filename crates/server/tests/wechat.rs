//! WeChat against the program's own router and commands: callbacks, jobs, settings, and programs
//! that others wrote on the other side.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on stops here")]

#[path = "wechat/callback.rs"]
mod callback;
#[path = "wechat/command.rs"]
mod command;
#[path = "wechat/counterparties.rs"]
mod counterparties;
#[path = "wechat/shop.rs"]
mod shop;
