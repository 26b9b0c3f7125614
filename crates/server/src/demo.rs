//! The demo: an embedded city of invented people, carried through November 2026.
//!
//! Files in reading order: [`people`] who they are, [`month`] what happens day by day,
//! [`sandbox`] the people's side, [`wechat`] WeChat, `counter` a bank's counters, [`withholding`]
//! the banks, [`report`] the month as a table.

mod counter;
pub mod month;
pub mod people;
pub mod report;
pub mod sandbox;
pub mod wechat;
pub mod withholding;

/// A small repeatable source of chance (SplitMix64): the same seed makes the same city.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Chance from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}
