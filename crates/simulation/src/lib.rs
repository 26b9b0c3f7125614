//! A city in small, for years, with everything going wrong on the way.
//!
//! It drives the real operations on a real database and adds up what is stored anew after every
//! day: the books balance, nothing is paid twice, what is derived equals what is recomputed, and
//! every fen that came in stands on a due or in suspense. It is never shipped, uses no clock and
//! no chance but its seed, so a run that finds a defect can be run again.
//!
//! Files in reading order: [`life`] a day of the city; [`desk`] who joins, stops and changes; [`resident`] and [`population`] who lives
//! there; [`outside`] what really happened to money; [`network`] what gets lost on the way;
//! [`program`] the program under trial; [`books`] what it stored; [`invariants`] what must hold;
//! [`random`] chance that can be repeated.

pub mod books;
pub mod desk;
pub mod invariants;
pub mod life;
pub mod network;
pub mod outside;
pub mod population;
pub mod program;
pub mod random;
pub mod resident;
