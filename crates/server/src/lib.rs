//! The program: command line, pages, APIs and jobs.

pub mod app;
pub mod clock;
pub mod site;

mod portal;
