//! One part of the check: its heading, its time, whether it passed.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;

/// The parts that ran, in order.
#[derive(Debug, Default)]
pub(super) struct Steps {
    done: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    name: &'static str,
    took: Duration,
    passed: bool,
}

impl Steps {
    /// Runs one part. A part that fails does not keep the next ones from running: one run shows
    /// everything that is wrong.
    pub(super) fn run(&mut self, name: &'static str, work: impl FnOnce() -> anyhow::Result<bool>) {
        println!("\n== {name}");
        let (result, took) = timed(work);
        let passed = result.unwrap_or_else(|error| {
            println!("{error:#}");
            false
        });
        println!("-- {name}: {} in {:.1} s", word(passed), took.as_secs_f32());
        self.done.push(Step { name, took, passed });
    }

    /// Whether nothing failed.
    pub(super) fn all_passed(&self) -> bool {
        self.done.iter().all(|step| step.passed)
    }

    /// Prints one line for each part.
    pub(super) fn summarize(&self) {
        println!("\n== summary");
        for Step { name, took, passed } in &self.done {
            println!("{:>8.1} s  {:<6}  {name}", took.as_secs_f32(), word(*passed));
        }
    }
}

/// Runs cargo with some arguments; whether it succeeded.
pub(super) fn cargo(root: &Path, arguments: &[&str]) -> anyhow::Result<bool> {
    succeeds(Command::new("cargo").args(arguments).current_dir(root))
}

/// Runs a command whose output the reader sees; whether it succeeded.
pub(super) fn succeeds(command: &mut Command) -> anyhow::Result<bool> {
    let status = command.status();
    let program = command.get_program().to_string_lossy().into_owned();
    Ok(status.with_context(|| format!("`{program}` cannot be started"))?.success())
}

/// The output of a command that is asked something, or `None` when it is absent or fails.
pub(super) fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = output.status.success().then_some(output.stdout)?;
    String::from_utf8(text).ok()
}

#[expect(clippy::disallowed_methods, reason = "how long a step takes is shown, never decided on")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = std::time::Instant::now();
    (work(), start.elapsed())
}

fn word(passed: bool) -> &'static str {
    if passed { "passed" } else { "FAILED" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_step_fails_the_run_and_the_next_step_still_runs() {
        let mut steps = Steps::default();
        let mut ran = false;
        steps.run("first", || Ok(false));
        steps.run("second", || anyhow::bail!("no such tool"));
        steps.run("third", || {
            ran = true;
            Ok(true)
        });
        assert!(ran);
        assert!(!steps.all_passed());
    }

    #[test]
    fn steps_that_all_pass_pass_the_run() {
        let mut steps = Steps::default();
        steps.run("only", || Ok(true));
        assert!(steps.all_passed());
    }
}
