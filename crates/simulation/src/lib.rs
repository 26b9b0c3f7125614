//! A city in small, for years, with everything going wrong on the way.

pub mod books;
pub mod invariants;
pub mod life;
pub mod network;
pub mod outside;
pub mod population;
pub mod program;
pub mod random;
pub mod resident;
