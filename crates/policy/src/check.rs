//! What `shebao policy check` finds in a pack: with file and line, and what to do.
//!
//! Files in reading order: [`timeline`] gaps, overlaps, corrections and citations, [`content`]
//! missing topics and values that make no sense, [`seal`] values edited after their day.

mod content;
pub mod seal;
mod timeline;

use units::Date;

use crate::pack::{Pack, PackFile};
use crate::problem::Problem;

/// Everything wrong in the pack of a name, in the order of files and lines.
///
/// `today` decides which values are in force and must have been sealed. Worked cases are run
/// apart, by the crate that knows their formulas.
#[must_use]
pub fn check(name: &str, files: &[PackFile], today: Date) -> Vec<Problem> {
    let pack = match Pack::read(name, files) {
        Ok(pack) => pack,
        Err(problems) => return problems.0,
    };
    let mut problems = timeline::problems(&pack);
    problems.extend(content::problems(&pack));
    if problems.is_empty() {
        problems.extend(seal::problems(name, files, today));
    }
    problems.retain(|problem| problem.place.file.split('/').next() == Some(name));
    problems.sort();
    problems.dedup();
    problems
}
