//! 办件: a matter that an office decides for a person, in which money leaves or facts are
//! corrected, and which takes two different people.
//!
//! Files in reading order: [`kind`] what a case is about, [`form`] what was handed in, [`state`]
//! its course, [`hand`] who may do the next step, [`share`] dividing a sum to the fen,
//! [`evidence`] what an uploaded file really is.

pub mod evidence;
pub mod form;
pub mod hand;
pub mod kind;
pub mod share;
pub mod state;
