//! Law as dated data: policy packs and the engine that reads them.
#![deny(clippy::float_arithmetic, clippy::as_conversions)]

pub mod branch;

pub use branch::{Branch, BranchSet};
