//! Rules about what depends on what, read from each crate's `Cargo.toml`.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::Deserialize;

use super::finding::{Finding, Rule, Settings};
use super::tree::Tree;

/// Our crates from the bottom up; a crate may use those of a lower level only.
const LEVELS: [(&str, u8); 9] = [
    ("units", 0),
    ("policy", 1),
    ("insurance", 2),
    ("channels", 3),
    ("store", 3),
    ("operations", 4),
    ("server", 5),
    ("simulation", 5),
    ("xtask", 0),
];
/// Crates without I/O, clock, database and HTTP.
const PURE: [&str; 3] = ["units", "policy", "insurance"];

#[derive(Deserialize)]
struct Manifest {
    package: Option<Package>,
    #[serde(default)]
    dependencies: BTreeMap<String, toml::Value>,
    #[serde(default, rename = "dev-dependencies")]
    dev_dependencies: BTreeMap<String, toml::Value>,
    #[serde(default, rename = "build-dependencies")]
    build_dependencies: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

/// Dependencies between our crates point one way, and pure crates can reach nothing impure.
pub(super) fn check(
    tree: &Tree,
    settings: &Settings,
    findings: &mut Vec<Finding>,
) -> anyhow::Result<()> {
    for file in tree.files.iter().filter(|file| file.name() == "Cargo.toml") {
        let text = file.text.as_deref().unwrap_or_default();
        let manifest: Manifest = toml::from_str(text).with_context(|| file.path.clone())?;
        let mut report = |rule, message| {
            findings.push(Finding { path: file.path.clone(), line: 0, rule, message });
        };
        let Some(package) = &manifest.package else { continue };
        let Some(level) = level(&package.name) else {
            let message = format!("`{}` has no place in the order of our crates", package.name);
            report(Rule::Direction, message);
            continue;
        };
        let used = manifest.dependencies.keys().chain(manifest.build_dependencies.keys());
        // A crate may name itself for its tests, to switch a feature of its own on.
        let for_tests = manifest.dev_dependencies.keys().filter(|name| **name != package.name);
        for name in used.clone().chain(for_tests) {
            if self::level(name).is_some_and(|other| other >= level) {
                let message = format!("`{}` must not use `{name}`", package.name);
                report(Rule::Direction, message);
            }
        }
        let foreign = used.filter(|name| self::level(name).is_none());
        for name in foreign.filter(|_| PURE.contains(&package.name.as_str())) {
            if !settings.pure_dependencies.contains_key(name) {
                let message = format!("a pure crate must not use `{name}`");
                report(Rule::Purity, message);
            }
        }
    }
    Ok(())
}

fn level(name: &str) -> Option<u8> {
    LEVELS.iter().find(|(crate_name, _)| *crate_name == name).map(|(_, level)| *level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, section: &str, dependency: &str) -> Vec<Rule> {
        let text =
            format!("[package]\nname = \"{name}\"\n[{section}]\n{dependency}.workspace = true\n");
        let settings: Settings =
            toml::from_str("[pure_dependencies]\nserde = \"derives\"").unwrap();
        let mut findings = Vec::new();
        check(&Tree::of(&[("crates/x/Cargo.toml", &text)]), &settings, &mut findings).unwrap();
        findings.into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_crate_uses_lower_crates_only() {
        assert!(found("operations", "dependencies", "store").is_empty());
        assert!(found("simulation", "dev-dependencies", "operations").is_empty());
        for (name, other) in [("store", "operations"), ("store", "channels"), ("units", "policy")] {
            assert_eq!(found(name, "dependencies", other), [Rule::Direction], "{name} {other}");
        }
        assert_eq!(found("policy", "dev-dependencies", "insurance"), [Rule::Direction]);
        assert!(found("store", "dev-dependencies", "store").is_empty());
    }

    #[test]
    fn a_crate_outside_the_order_is_refused() {
        assert_eq!(found("extras", "dependencies", "serde"), [Rule::Direction]);
    }

    #[test]
    fn a_pure_crate_uses_listed_dependencies_only() {
        assert!(found("policy", "dependencies", "serde").is_empty());
        assert!(found("policy", "dev-dependencies", "proptest").is_empty());
        assert!(found("store", "dependencies", "tokio").is_empty());
        assert_eq!(found("policy", "dependencies", "tokio"), [Rule::Purity]);
        assert_eq!(found("insurance", "build-dependencies", "cc"), [Rule::Purity]);
    }
}
