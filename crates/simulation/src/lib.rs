//! A city in small, for years, with everything going wrong on the way.

pub mod books;
pub mod invariants;
pub mod network;
pub mod outside;
pub mod random;
