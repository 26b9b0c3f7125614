//! Law as dated data: policy packs and the engine that reads them.
//!
//! A pack is a folder of TOML files: every value has its first day, its day of publication, and
//! the document that it rests on. This crate reads packs, refuses what they don't cover, and
//! compiles the rules of a month. It reads no file at run time, knows no clock and no person, and
//! never guesses a value.
//!
//! Files in reading order: [`branch`] 险种, [`text`] words in two languages, [`citation`] the
//! documents, [`dated`] values in time, [`contribution_base`] 缴费基数, [`component`] rates and sums,
//! [`collection`] how a city collects, [`benefit`] what contributions lead to, [`topics`] all that a pack may say, [`pack`] reading it,
//! [`shipped`] the packs that the program carries, [`rules`] a month compiled, [`adjustment`] values
//! published late, [`calendar`] windows and working days, [`explanation`] why an
//! amount is what it is, [`refusal`] why not, [`problem`] what is wrong in a pack,
//! [`check`] finding it.
#![deny(clippy::float_arithmetic, clippy::as_conversions)]

pub mod adjustment;
pub mod benefit;
pub mod branch;
pub mod calendar;
pub mod check;
pub mod citation;
pub mod collection;
pub mod component;
pub mod contribution_base;
pub mod dated;
pub mod explanation;
pub mod pack;
pub mod problem;
pub mod refusal;
pub mod rules;
pub mod shipped;
pub mod text;
pub mod topics;
mod written;

pub use branch::{Branch, BranchSet};
pub use calendar::{Calendar, SettlementYear, Window, WindowKind};
pub use citation::{Citation, Confidence};
pub use contribution_base::BaseLimits;
pub use dated::{Dated, NotEncoded};
pub use explanation::{Explanation, Step};
pub use pack::Pack;
pub use refusal::Refusal;
pub use rules::{Charge, Rules};
pub use text::Text;
pub use written::Yuan;
