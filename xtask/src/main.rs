//! What developers and CI run: the whole check, and the style rules alone.
//!
//! It never changes a file of the project; what it needs it puts below `target/test-tools`, and
//! system packages it installs only when it may do so without asking.
//!
//! Files in reading order: [`ci`] the whole check, [`tidy`] the style rules.

mod ci;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use ci::{Scope, Verdict};

const HELP: &str = "\
cargo xtask test            everything that must pass, set-up included (CI runs this)
cargo xtask test --quick    format, style, clippy and tests with what is installed already
cargo xtask ci              the same as `cargo xtask test`
cargo xtask tidy            the style rules that neither rustfmt nor clippy check
";

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = repository_root();
    let verdict = match words.as_slice() {
        ["test" | "ci"] => ci::run(&root, Scope::Whole)?,
        ["test" | "ci", "--quick"] => ci::run(&root, Scope::Quick)?,
        ["tidy"] if tidy::run(&root)? => Verdict::Passed,
        ["tidy"] => Verdict::Failed,
        ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Verdict::Passed
        }
        _ => {
            eprint!("{HELP}");
            Verdict::NotReady
        }
    };
    Ok(ExitCode::from(verdict.exit_code()))
}

/// The repository that this program was built in.
fn repository_root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().context("xtask lies in the repository").expect("a crate has a folder").to_owned()
}
