//! Everything that must pass before a change lands, in one order for developers and for CI.
//!
//! Files in reading order: `step` runs one part and times it, `machine` what the system must
//! have, `tools` what goes below `target/test-tools`, `node_runtime` a Node.js that is new enough,
//! `tally` the count of tests.

mod machine;
mod node_runtime;
mod step;
mod tally;
mod tools;

use std::path::Path;
use std::process::Command;

use step::{Steps, cargo};
use tally::Tally;
use tools::TestTools;

/// How much to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything, on a machine that may have nothing but Rust and a C compiler.
    Whole,
    /// What a developer runs between two edits: installs nothing, skips the slow checks.
    Quick,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything passed.
    Passed,
    /// Something did not pass.
    Failed,
    /// The machine or the command line is not right for the run; nothing is said of the project.
    NotReady,
}

impl Verdict {
    /// What the shell sees.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::NotReady => 2,
        }
    }
}

/// Runs the check; the last line it prints is `N passed, N failed`, over all tests.
pub(crate) fn run(root: &Path, scope: Scope) -> anyhow::Result<Verdict> {
    if scope == Scope::Whole && !machine::prepare(root)? {
        return Ok(Verdict::NotReady);
    }
    let mut steps = Steps::default();
    steps.run("format", || cargo(root, &["fmt", "--all", "--check"]));
    steps.run("tidy", || crate::tidy::run(root));
    steps.run("clippy", || {
        cargo(root, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
    });
    if scope == Scope::Whole {
        steps.run("documentation", || documentation(root));
        steps.run("licences, sources, bans", || tools::deny(root));
        steps.run("unused dependencies", || tools::machete(root));
    }
    let mut tally = Tally::default();
    steps.run("tests", || tests(root, scope, &mut tally));
    steps.summarize();
    println!("{tally}");
    Ok(if steps.all_passed() { Verdict::Passed } else { Verdict::Failed })
}

fn documentation(root: &Path) -> anyhow::Result<bool> {
    let mut command = Command::new("cargo");
    command.args(["doc", "--workspace", "--no-deps", "--document-private-items"]);
    // The pages are for those who work on the code: private items are in them and may be linked.
    command.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links");
    command.current_dir(root);
    Ok(command.status()?.success())
}

fn tests(root: &Path, scope: Scope, tally: &mut Tally) -> anyhow::Result<bool> {
    let test_tools = match scope {
        Scope::Whole => TestTools::install(root)?,
        Scope::Quick => TestTools::found(root),
    };
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace", "--no-fail-fast"]).current_dir(root);
    test_tools.export_to(&mut command);
    tally.run(&mut command, tally::SILENCE_LIMIT)
}
