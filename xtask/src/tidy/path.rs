//! The rule about paths: none that exists on one machine only, no link to nowhere.

use super::finding::{Finding, Rule};
use super::tree::{File, Tree};

/// Where people and machines keep their own files.
const PRIVATE: [&str; 5] = ["home", "root", "Users", "work", "mnt"];
/// What may stand before a path in a text.
const OPENERS: [char; 9] = [' ', '"', '\'', '`', '(', '<', '=', ':', '\t'];

/// No path that exists on one machine only, and no relative path that leads nowhere.
pub(super) fn path(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in &tree.files {
        let checks_links = matches!(file.ending(), "md" | "rs" | "toml" | "sh");
        for (line, text) in file.lines() {
            let mut report = |message| {
                findings.push(Finding { path: file.path.clone(), line, rule: Rule::Path, message });
            };
            if let Some(place) = machine_path(text) {
                report(format!("`/{place}/…` exists on one machine only"));
            }
            let climbs = if checks_links { climbing_paths(text) } else { vec![] };
            let links = if file.ending() == "md" { markdown_links(text) } else { vec![] };
            for target in climbs.into_iter().chain(links) {
                if !leads_somewhere(tree, file, target) {
                    report(format!("`{target}` leads nowhere in this repository"));
                }
            }
        }
    }
}

fn machine_path(text: &str) -> Option<&'static str> {
    PRIVATE.into_iter().find(|place| {
        let needle = format!("/{place}/");
        text.match_indices(&needle).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + needle.len()..].chars().next();
            before.is_none_or(|c| OPENERS.contains(&c)) && after.is_some_and(char::is_alphanumeric)
        })
    })
}

/// Every `../…` of a line.
fn climbing_paths(text: &str) -> Vec<&str> {
    let starts = text.match_indices("../").map(|(at, _)| at);
    let first =
        starts.filter(|at| text[..*at].chars().next_back().is_none_or(|c| OPENERS.contains(&c)));
    let end = |c: char| !(c.is_alphanumeric() || "._-/".contains(c));
    first
        .map(|at| text[at..].split(end).next().unwrap_or_default())
        .filter(|path| path.contains(char::is_alphanumeric))
        .map(|path| path.trim_end_matches(['/', '.']))
        .collect()
}

/// The targets of `[words](target)` that are files and do not climb.
fn markdown_links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(t, _)| t);
    targets
        .map(|target| target.split(['#', ' ']).next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains(':') && !target.starts_with('.'))
        .collect()
}

/// Whether a relative path leads to a file or folder, from the file's own folder or, for what a
/// program opens when it runs, from its crate's folder. What a build makes is in `target`.
fn leads_somewhere(tree: &Tree, file: &File, target: &str) -> bool {
    let above = |inner: &str| file.path.split_once(inner).map(|(folder, _)| folder);
    let crate_folder = above("/src/").or_else(|| above("/tests/"));
    let folders = [Some(file.folder()), crate_folder];
    folders.into_iter().flatten().any(|from| {
        let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.pop().is_none() => return false,
                ".." => {}
                name => parts.push(name),
            }
        }
        parts.first() == Some(&"target") || tree.holds(&parts.join("/"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path_of_file: &str, text: &str) -> usize {
        let files = [(path_of_file, text), ("docs/STYLE.md", ""), ("policies/nanjing/a.toml", "")];
        let mut findings = Vec::new();
        path(&Tree::of(&files), &mut findings);
        findings.len()
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        for place in PRIVATE {
            assert_eq!(messages("a.txt", &format!("see /{place}/x/y")), 1, "{place}");
            assert_eq!(messages("a.rs", &format!("open(\"/{place}/x\")")), 1, "{place}");
        }
    }

    #[test]
    fn an_address_on_the_web_is_no_path_of_a_machine() {
        assert_eq!(messages("a.md", "https://example.org/home/page"), 0);
        assert_eq!(messages("a.md", "/var/lib/shebao"), 0);
    }

    #[test]
    fn a_relative_path_must_lead_to_something_in_the_repository() {
        assert_eq!(messages("crates/a/src/b.rs", "include_dir!(\"../../../policies/nanjing\")"), 0);
        assert_eq!(messages("crates/a/src/b.rs", "open(\"../../policies\")"), 0);
        assert_eq!(messages("crates/a/src/b.rs", "include_str!(\"../../policies/gone\")"), 1);
        assert_eq!(messages("crates/a/tests/b.rs", "open(\"../../target/test-tools\")"), 0);
        assert_eq!(messages("README.md", "see `../elsewhere`"), 1);
        assert_eq!(messages("a.md", "and so on ../../.."), 0);
    }

    #[test]
    fn a_markdown_link_must_lead_to_something_in_the_repository() {
        assert_eq!(messages("README.md", "[style](docs/STYLE.md#names)"), 0);
        assert_eq!(messages("README.md", "[law](https://example.org/x)"), 0);
        assert_eq!(messages("README.md", "[gone](docs/GONE.md)"), 1);
    }
}
