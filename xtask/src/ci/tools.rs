//! What goes below `target/test-tools`: checkers of dependencies, a Python, Node modules.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use super::machine::on_path;
use super::node_runtime;
use super::step::succeeds;

const FOLDER: &str = "target/test-tools";
const DENY: &str = "cargo-deny@0.20.2";
const MACHETE: &str = "cargo-machete@0.9.2";

/// Programs that others wrote, for tests that compare our files and messages with theirs.
#[derive(Debug, Default)]
pub(super) struct TestTools {
    python: Option<PathBuf>,
    node_modules: Option<PathBuf>,
    /// The folder of a Node.js of our own, where the machine's is too old.
    node: Option<PathBuf>,
}

impl TestTools {
    /// What an earlier run left.
    pub(super) fn found(root: &Path) -> Self {
        let existing = |path: &str| Some(root.join(FOLDER).join(path)).filter(|p| p.exists());
        Self {
            python: existing("venv/bin/python"),
            node_modules: existing("node/node_modules"),
            node: node_runtime::found(&root.join(FOLDER).join("node-runtime")),
        }
    }

    /// Installs what the crates' tests list in `tests/python/requirements*.txt` and
    /// `tests/node/package.json`; does nothing when that was done before.
    pub(super) fn install(root: &Path) -> anyhow::Result<Self> {
        install_python(root)?;
        install_node(root)?;
        Ok(Self::found(root))
    }

    /// Tells tests where the tools are.
    pub(super) fn export_to(&self, command: &mut Command) {
        if let Some(python) = &self.python {
            command.env("SHEBAO_TEST_PYTHON", python);
        }
        if let Some(modules) = &self.node_modules {
            command.env("SHEBAO_TEST_NODE_MODULES", modules);
        }
        if let Some(node) = &self.node {
            let others = std::env::var_os("PATH").unwrap_or_default();
            let all = std::iter::once(node.clone()).chain(std::env::split_paths(&others));
            command.env("PATH", std::env::join_paths(all).unwrap_or(others));
        }
    }
}

/// Checks licences, sources and banned crates; and known vulnerabilities, when their list can
/// be reached.
pub(super) fn deny(root: &Path) -> anyhow::Result<bool> {
    let program = cargo_tool(root, "cargo-deny", DENY)?;
    let deny =
        |arguments: &[&str]| succeeds(Command::new(&program).args(arguments).current_dir(root));
    let passed = deny(&["check", "--hide-inclusion-graph", "bans", "licenses", "sources"])?;
    if deny(&["fetch", "db"])? {
        return Ok(deny(&["check", "--disable-fetch", "advisories"])? && passed);
    }
    println!("advisories: NOT CHECKED, their database cannot be reached from here");
    Ok(passed)
}

/// Checks that every dependency is used.
pub(super) fn machete(root: &Path) -> anyhow::Result<bool> {
    let program = cargo_tool(root, "cargo-machete", MACHETE)?;
    succeeds(Command::new(program).args(["--skip-target-dir"]).current_dir(root))
}

/// Every `crates/*/tests/node` that lists modules.
pub(super) fn node_projects(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folders = test_folders(root, "node")?;
    Ok(folders.into_iter().filter(|folder| folder.join("package.json").is_file()).collect())
}

fn install_python(root: &Path) -> anyhow::Result<()> {
    let mut lists = Vec::new();
    for folder in test_folders(root, "python")? {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with("requirements") && name.ends_with(".txt") {
                lists.push(path);
            }
        }
    }
    lists.sort();
    if lists.is_empty() {
        return Ok(());
    }
    let folder = root.join(FOLDER).join("venv");
    once(&folder, &lists, || {
        ensure!(
            succeeds(Command::new("python3").args(["-m", "venv"]).arg(&folder))?,
            "python3 -m venv failed"
        );
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        for list in &lists {
            pip.arg("-r").arg(list);
        }
        ensure!(succeeds(&mut pip)?, "pip could not install what the tests need");
        Ok(())
    })
}

fn install_node(root: &Path) -> anyhow::Result<()> {
    let projects = node_projects(root)?;
    let Some(project) = projects.first() else { return Ok(()) };
    ensure!(projects.len() == 1, "keep one package.json for the tests of all crates");
    node_runtime::install(&root.join(FOLDER).join("node-runtime"))?;
    let folder = root.join(FOLDER).join("node");
    let lists: Vec<PathBuf> = ["package.json", "package-lock.json"]
        .iter()
        .map(|name| project.join(name))
        .filter(|list| list.is_file())
        .collect();
    once(&folder, &lists, || {
        fs::create_dir_all(&folder)?;
        for list in &lists {
            fs::copy(list, folder.join(list.file_name().context("a list has a name")?))?;
        }
        let verb = if lists.len() == 2 { "ci" } else { "install" };
        let mut npm = Command::new("npm");
        npm.args([verb, "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
        ensure!(succeeds(&mut npm)?, "npm could not install what the tests need");
        Ok(())
    })
}

/// Does the work unless it was done for the same lists before; done anew, it starts from nothing.
fn once(
    folder: &Path,
    lists: &[PathBuf],
    work: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut wanted = String::new();
    for list in lists {
        wanted += &fs::read_to_string(list)?;
    }
    let stamp = folder.join("installed-for");
    if fs::read_to_string(&stamp).is_ok_and(|done| done == wanted) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    work()?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// The folders `crates/*/tests/<kind>`.
fn test_folders(root: &Path, kind: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(root.join("crates"))? {
        let folder = entry?.path().join("tests").join(kind);
        if folder.is_dir() {
            folders.push(folder);
        }
    }
    folders.sort();
    Ok(folders)
}

/// A cargo extension: the installed one, else one of our own, built without optimization because
/// it runs for seconds and would build for minutes.
fn cargo_tool(root: &Path, program: &str, version: &str) -> anyhow::Result<PathBuf> {
    let own = root.join(FOLDER).join("bin").join(program);
    if on_path(program) {
        return Ok(program.into());
    }
    if !own.is_file() {
        let mut install = Command::new("cargo");
        install.args(["install", "--locked", "--debug", "--quiet", version, "--root"]);
        install.arg(root.join(FOLDER)).current_dir(root);
        install.env_remove("CARGO_TARGET_DIR").env("CARGO_PROFILE_DEV_DEBUG", "0");
        ensure!(succeeds(&mut install)?, "{version} could not be installed");
    }
    Ok(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installing_happens_once_for_the_same_list_and_again_for_another() {
        let folder = tempfile::tempdir().unwrap();
        let (target, list) = (folder.path().join("venv"), folder.path().join("requirements.txt"));
        let mut times = 0;
        for contents in ["a==1", "a==1", "a==2"] {
            fs::write(&list, contents).unwrap();
            once(&target, std::slice::from_ref(&list), || {
                times += 1;
                Ok(fs::create_dir_all(&target)?)
            })
            .unwrap();
        }
        assert_eq!(times, 2);
    }

    #[test]
    fn an_install_that_failed_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let (target, list) = (folder.path().join("venv"), folder.path().join("requirements.txt"));
        fs::write(&list, "a==1").unwrap();
        let lists = [list];
        assert!(once(&target, &lists, || anyhow::bail!("no network")).is_err());
        let mut tried = false;
        once(&target, &lists, || {
            tried = true;
            Ok(fs::create_dir_all(&target)?)
        })
        .unwrap();
        assert!(tried);
    }
}
