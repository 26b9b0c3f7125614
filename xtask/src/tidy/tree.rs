//! The files of the repository, as the rules see them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use super::source::RustSource;

/// Every file that git knows or would add, in the order of its path.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The files.
    pub(super) files: Vec<File>,
}

/// One file.
#[derive(Debug)]
pub(super) struct File {
    /// From the root of the repository, with `/`.
    pub(super) path: String,
    /// The contents, or `None` when they are not UTF-8: a picture, a bank's GBK file.
    pub(super) text: Option<String>,
    /// The contents taken apart, when the file is Rust.
    pub(super) rust: Option<RustSource>,
}

impl Tree {
    /// Reads the repository at `root`.
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut git = Command::new("git");
        // The checkout may belong to another user than the one who builds it, as in a container.
        git.args(["-c", "safe.directory=*", "ls-files", "-z"]);
        git.args(["--cached", "--others", "--exclude-standard"]).current_dir(root);
        let output = git.output().context("git must be installed to list the project's files")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let list = String::from_utf8(output.stdout).context("a file's name must be UTF-8")?;
        let mut tree = Self::default();
        for path in list.split_terminator('\0') {
            // A file deleted but not yet committed is still in git's list.
            if let Ok(bytes) = std::fs::read(root.join(path)) {
                tree.files.push(File::new(path, String::from_utf8(bytes).ok()));
            }
        }
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        tree.files.dedup_by(|a, b| a.path == b.path);
        Ok(tree)
    }

    /// Whether the tree has a file at `path` or files below it.
    pub(super) fn holds(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty()
            || self.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }

    /// A tree of small made-up files.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| File::new(path, Some((*text).to_owned())));
        Self { files: files.collect() }
    }
}

impl File {
    fn new(path: &str, text: Option<String>) -> Self {
        let rust = text.as_deref().filter(|_| path.ends_with(".rs")).map(RustSource::parse);
        Self { path: path.to_owned(), text, rust }
    }

    /// The last part of the path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The path without its last part; empty at the root.
    pub(super) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The part after the last dot of the name; empty without a dot.
    pub(super) fn ending(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, ending)| ending)
    }

    /// The lines with their numbers, from 1; none when the file is not text.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        numbered(self.text.as_deref().unwrap_or_default())
    }
}

/// The lines of a text with their numbers, from 1.
pub(super) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)))
}
