//! What a rule found, and the exceptions that the project allows itself by name.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

/// The rules, named as `docs/STYLE.md` and `xtask/tidy.toml` name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rule {
    /// A file is at most 500 lines without its tests.
    Length,
    /// A folder under `src` has at most 20 files and lies at most 3 levels deep.
    Folder,
    /// A file is named after its idea.
    Name,
    /// Words that must not reach main.
    Word,
    /// A crate starts by saying what it is.
    Head,
    /// A pure crate can reach nothing impure.
    Purity,
    /// Dependencies between our crates point one way.
    Direction,
    /// SQL is in `store` only.
    Sql,
    /// No white space at the end of a line, one line feed at the end of a file.
    Space,
    /// A policy pack's file is short and dated.
    Pack,
    /// No path that exists on one machine only, no link to nowhere.
    Path,
    /// Style sheets and scripts stay small.
    Page,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{self:?}").to_lowercase())
    }
}

/// One breach of one rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    pub(super) path: String,
    /// From 1; 0 for the file or folder as a whole.
    pub(super) line: usize,
    pub(super) rule: Rule,
    pub(super) message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, rule, message } = self;
        match line {
            0 => write!(f, "{path}: {rule}: {message}"),
            _ => write!(f, "{path}:{line}: {rule}: {message}"),
        }
    }
}

/// `xtask/tidy.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Crates from outside that a pure crate may use, each with the reason why it is pure.
    #[serde(default)]
    pub(super) pure_dependencies: BTreeMap<String, String>,
    #[serde(default)]
    exception: Vec<Exception>,
}

/// One file or folder that one rule does not bind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    rule: Rule,
    path: String,
    reason: String,
}

impl Settings {
    /// Where the settings stand.
    pub(super) const PATH: &str = "xtask/tidy.toml";

    /// Reads them.
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(root.join(Self::PATH)).context(Self::PATH)?;
        toml::from_str(&text).context(Self::PATH)
    }

    /// Takes away the findings that have an exception, and adds one for each exception that
    /// excuses nothing or gives no reason: the list can only shrink by itself.
    pub(super) fn excuse(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let mut used = vec![false; self.exception.len()];
        let mut left = Vec::new();
        for finding in findings {
            let excuses = |e: &Exception| e.rule == finding.rule && e.path == finding.path;
            match self.exception.iter().position(excuses) {
                Some(at) => used[at] = true,
                None => left.push(finding),
            }
        }
        for (exception, used) in self.exception.iter().zip(used) {
            let complaint = match (used, exception.reason.trim().len() >= 10) {
                (true, true) => continue,
                (true, false) => "the exception gives no reason",
                (false, _) => "the exception excuses nothing; take it out",
            };
            let message = format!("{complaint} (rule `{}`, {})", exception.rule, exception.path);
            left.push(Finding {
                path: Self::PATH.to_owned(),
                line: 0,
                rule: exception.rule,
                message,
            });
        }
        left.sort();
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(path: &str) -> Finding {
        Finding { path: path.to_owned(), line: 3, rule: Rule::Word, message: "no".to_owned() }
    }

    fn settings(text: &str) -> Settings {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn an_exception_with_a_reason_excuses_its_own_file_and_rule_only() {
        let settings = settings(
            "[[exception]]\nrule = \"word\"\npath = \"a.rs\"\nreason = \"it lists the words\"",
        );
        let length = Finding { rule: Rule::Length, ..finding("a.rs") };
        let left = settings.excuse(vec![finding("a.rs"), finding("b.rs"), length.clone()]);
        assert_eq!(left, [length, finding("b.rs")]);
    }

    #[test]
    fn an_exception_that_excuses_nothing_is_itself_a_finding() {
        let settings = settings(
            "[[exception]]\nrule = \"word\"\npath = \"gone.rs\"\nreason = \"it was long ago\"",
        );
        assert_eq!(settings.excuse(vec![]).len(), 1);
    }

    #[test]
    fn an_exception_without_a_reason_is_itself_a_finding() {
        let settings = settings("[[exception]]\nrule = \"word\"\npath = \"a.rs\"\nreason = \" \"");
        assert_eq!(settings.excuse(vec![finding("a.rs")]).len(), 1);
    }
}
