//! Rules about files and folders: length, depth, names, how a crate starts.

use std::collections::BTreeMap;

use super::finding::{Finding, Rule};
use super::tree::{File, Tree};

/// The most lines that a file has, without its tests.
pub(super) const LINES_MAX: usize = 500;
/// More lines than this are worth a look.
pub(super) const LINES_AIM: usize = 300;
const FILES_MAX: usize = 20;
const LEVELS_MAX: usize = 3;
/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 7] = ["utils", "util", "common", "helpers", "helper", "misc", "manager"];

/// The lines of a Rust file without its `mod tests`.
///
/// rustfmt puts the module's closing brace at the start of a line, so no parsing is needed.
pub(super) fn lines_without_tests(text: &str) -> usize {
    let mut count = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let opens_tests = |next: &&str| next.starts_with("mod tests {");
        if line == "#[cfg(test)]" && lines.peek().is_some_and(opens_tests) {
            lines.by_ref().find(|line| *line == "}");
        } else {
            count += 1;
        }
    }
    count
}

/// A file is at most 500 lines without its tests.
pub(super) fn length(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in rust_files(tree) {
        let lines = lines_without_tests(file.text.as_deref().unwrap_or_default());
        if lines > LINES_MAX {
            let message =
                format!("{lines} lines without tests, at most {LINES_MAX}: split by idea");
            findings.push(finding(&file.path, Rule::Length, message));
        }
    }
}

/// A folder under `src` has at most 20 files and lies at most 3 levels deep.
pub(super) fn folder(tree: &Tree, findings: &mut Vec<Finding>) {
    let mut counts = BTreeMap::<&str, usize>::new();
    for file in &tree.files {
        let Some(inner) = below_src(&file.path) else { continue };
        *counts.entry(file.folder()).or_default() += 1;
        if inner.split('/').count() > LEVELS_MAX {
            let message = format!("lies more than {LEVELS_MAX} levels below src");
            findings.push(finding(&file.path, Rule::Folder, message));
        }
    }
    for (folder, count) in counts.into_iter().filter(|(_, count)| *count > FILES_MAX) {
        let message = format!("{count} files, at most {FILES_MAX}: make a folder for an idea");
        findings.push(finding(folder, Rule::Folder, message));
    }
}

/// A file or folder is named after its idea; there is no `mod.rs`.
pub(super) fn name(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in &tree.files {
        if file.name() == "mod.rs" {
            let message = "put `foo.rs` beside `foo/` instead".to_owned();
            findings.push(finding(&file.path, Rule::Name, message));
        }
        for part in file.path.split('/') {
            let stem = part.split('.').next().unwrap_or(part);
            let empty_word = |word: &str| EMPTY_NAMES.contains(&word);
            // 缴费基数 is `contribution_base`: the word is empty only when it stands alone.
            if stem == "base" || stem.split(['_', '-']).any(empty_word) {
                let message = format!("`{part}` does not say which idea is inside");
                findings.push(finding(&file.path, Rule::Name, message));
            }
        }
    }
}

/// A crate starts by saying what it does.
pub(super) fn head(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in &tree.files {
        let root = matches!(below_src(&file.path), Some("lib.rs" | "main.rs"));
        let text = file.text.as_deref().unwrap_or_default();
        if root && !text.starts_with("//!") {
            let message = "must start with `//!`: what the crate does and never does".to_owned();
            findings.push(finding(&file.path, Rule::Head, message));
        }
    }
}

/// Rust files, ours all of them.
pub(super) fn rust_files(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files.iter().filter(|file| file.rust.is_some())
}

fn below_src(path: &str) -> Option<&str> {
    path.split_once("/src/").map(|(_, inner)| inner)
}

fn finding(path: &str, rule: Rule, message: String) -> Finding {
    Finding { path: path.to_owned(), line: 0, rule, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(rule: fn(&Tree, &mut Vec<Finding>), files: &[(&str, &str)]) -> Vec<String> {
        let mut findings = Vec::new();
        rule(&Tree::of(files), &mut findings);
        findings.into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn a_file_of_501_lines_is_too_long_and_one_of_500_is_not() {
        let at_limit = "fn f() {}\n".repeat(LINES_MAX);
        let beyond = format!("{at_limit}fn g() {{}}\n");
        let found = paths(length, &[("crates/a/src/x.rs", &at_limit), ("xtask/src/y.rs", &beyond)]);
        assert_eq!(found, ["xtask/src/y.rs"]);
    }

    #[test]
    fn a_test_module_does_not_count_towards_the_length() {
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    // x\n".repeat(600));
        assert_eq!(lines_without_tests(&format!("a\n{tests}b\n")), 2);
        assert_eq!(lines_without_tests("#[cfg(test)]\nfn of() {}\n"), 2);
    }

    #[test]
    fn a_folder_of_21_files_is_too_full_and_one_of_20_is_not() {
        let names: Vec<_> = (0..21).map(|i| format!("crates/a/src/f{i}.rs")).collect();
        let files: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
        assert_eq!(paths(folder, &files), ["crates/a/src"]);
        assert!(paths(folder, &files[..20]).is_empty());
    }

    #[test]
    fn a_file_three_levels_below_src_is_well_placed_and_one_of_four_is_not() {
        let files = [("crates/a/src/b/c/d.rs", ""), ("crates/a/src/b/c/d/e.rs", "")];
        assert_eq!(paths(folder, &files), ["crates/a/src/b/c/d/e.rs"]);
    }

    #[test]
    fn names_without_an_idea_are_refused_in_files_and_folders() {
        for path in ["src/a/utils.rs", "src/helpers/a.rs", "src/date_utils.rs", "src/base.rs"] {
            assert_eq!(paths(name, &[(path, "")]), [path]);
        }
        for path in ["src/contribution_base.rs", "policies/nanjing/bases.toml", "src/commons.rs"] {
            assert!(paths(name, &[(path, "")]).is_empty(), "{path}");
        }
    }

    #[test]
    fn mod_rs_is_refused() {
        assert_eq!(paths(name, &[("src/a/mod.rs", "")]), ["src/a/mod.rs"]);
        assert!(paths(name, &[("src/a.rs", ""), ("src/a/b.rs", "")]).is_empty());
    }

    #[test]
    fn a_crate_that_does_not_say_what_it_is_is_refused() {
        let files = [
            ("crates/a/src/lib.rs", "pub mod b;\n"),
            ("crates/b/src/lib.rs", "//! Numbers.\n"),
            ("crates/a/src/b.rs", "pub fn f() {}\n"),
        ];
        assert_eq!(paths(head, &files), ["crates/a/src/lib.rs"]);
    }
}
