//! Law as dated data: policy packs and the engine that reads them.
//!
//! A pack is a folder of TOML files: every value has its first day, its day of publication, and
//! the document that it rests on. This crate reads packs, refuses what they don't cover, and
//! compiles the rules of a month. It reads no file at run time, knows no clock and no person, and
//! never guesses a value.
//!
//! Files in reading order: [`branch`] 险种, [`text`] words in two languages, [`citation`] the
//! documents, [`dated`] values in time, [`base`] 缴费基数, [`component`] rates and sums,
//! [`collection`] how a city collects, [`topics`] all that a pack may say, [`pack`] reading it,
//! [`shipped`] the packs that the program carries, [`rules`] a month compiled, [`kernel`] the
//! arithmetic of the bulk path, [`calendar`] windows and working days, [`explanation`] why an
//! amount is what it is, [`refusal`] why not, [`problem`] what is wrong in a pack.
#![deny(clippy::float_arithmetic, clippy::as_conversions)]

pub mod base;
pub mod branch;
pub mod calendar;
pub mod citation;
pub mod collection;
pub mod component;
pub mod dated;
pub mod explanation;
pub mod kernel;
pub mod pack;
pub mod problem;
mod reciprocal;
pub mod refusal;
pub mod rules;
pub mod shipped;
pub mod text;
pub mod topics;
mod written;

pub use base::BaseLimits;
pub use branch::{Branch, BranchSet};
pub use calendar::{Calendar, SettlementYear, Window, WindowKind};
pub use citation::{Citation, Confidence};
pub use dated::{Dated, NotEncoded};
pub use explanation::{Explanation, Step};
pub use kernel::Charge;
pub use pack::Pack;
pub use refusal::Refusal;
pub use rules::Rules;
pub use text::Text;
