//! A city in small, for years, with everything going wrong on the way.

pub mod network;
pub mod random;
