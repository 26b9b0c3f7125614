//! The rules of `docs/STYLE.md` that a program can check and rustfmt and clippy don't.
//!
//! Files in reading order: `tree` the files, `source` Rust text taken apart, `finding` what a
//! rule says and which exceptions stand in `xtask/tidy.toml`; then the rules: `shape`, `text`,
//! `path`, `crates`.

mod crates;
mod finding;
mod path;
mod shape;
mod source;
mod text;
mod tree;

use std::path::Path;

use finding::{Finding, Settings};
use shape::{LINES_AIM, LINES_MAX, lines_without_tests, rust_files};
use tree::Tree;

/// Checks the repository and prints what it finds; whether there was nothing.
pub(crate) fn run(root: &Path) -> anyhow::Result<bool> {
    let tree = Tree::read(root)?;
    let settings = Settings::read(root)?;
    let findings = settings.excuse(check(&tree, &settings)?);
    for finding in &findings {
        println!("{finding}");
    }
    print_long_files(&tree);
    println!("tidy: {} files, {} findings", tree.files.len(), findings.len());
    Ok(findings.is_empty())
}

fn check(tree: &Tree, settings: &Settings) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let rules = [
        shape::length,
        shape::folder,
        shape::name,
        shape::head,
        text::word,
        text::sql,
        text::space,
        text::pack,
        text::page,
        path::path,
    ];
    for rule in rules {
        rule(tree, &mut findings);
    }
    crates::check(tree, settings, &mut findings)?;
    Ok(findings)
}

/// Files beyond the aim are worth a look, not a failure.
fn print_long_files(tree: &Tree) {
    for file in rust_files(tree) {
        let lines = lines_without_tests(file.text.as_deref().unwrap_or_default());
        if (LINES_AIM + 1..=LINES_MAX).contains(&lines) {
            println!("note: {}: {lines} lines without tests, aim for {LINES_AIM}", file.path);
        }
    }
}
