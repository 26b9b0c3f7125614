//! The packs that the program carries.

use crate::pack::PackFile;

/// Every file below `policies/`, as path and text.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shipped_files.rs"));

/// The files of a shipped pack, or `None` when no pack of that name is shipped.
#[must_use]
pub fn files(pack: &str) -> Option<Vec<PackFile>> {
    let own = |(path, text): &(&str, &str)| {
        let inner = path.strip_prefix(pack)?.strip_prefix('/')?;
        Some((inner.to_owned(), (*text).to_owned()))
    };
    let files: Vec<_> = FILES.iter().filter_map(own).collect();
    (!files.is_empty()).then_some(files)
}

/// The names of the shipped packs of cities: not the national layer.
///
/// The template, as every folder whose name begins with `_`, is not in the program at all.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = FILES.iter().filter_map(|(path, _)| path.split('/').next()).collect();
    names.dedup();
    names.retain(|name| *name != "national");
    names
}
