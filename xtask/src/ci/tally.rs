//! How many tests passed and failed, added up over all test programs.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context;

/// How long the tests may say nothing. The longest of them takes under two minutes and a cold build
/// under ten; after this a test waits for something that will not come, and the run must end and say so.
pub(super) const SILENCE_LIMIT: Duration = Duration::from_secs(20 * 60);

/// The sum over every `test result:` line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    /// Runs the tests, shows their output as it comes and counts; whether all of them passed.
    /// Tests that say nothing for `silence_limit` are ended and count as one failure.
    pub(super) fn run(
        &mut self,
        command: &mut Command,
        silence_limit: Duration,
    ) -> anyhow::Result<bool> {
        let mut child = command
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("cargo cannot be started")?;
        let finished = self.listen(&mut child, silence_limit)?;
        if !finished {
            println!("the tests said nothing for {} s: ended", silence_limit.as_secs());
            end_group(&child)?;
        }
        let success = child.wait()?.success() && finished;
        if !success && self.failed == 0 {
            // It did not build, or a test program died before it could count.
            println!("a test program did not build or did not finish: counted as one failure");
            self.failed = 1;
        }
        Ok(success)
    }

    /// Counts until the output ends; `false` when it fell silent before.
    fn listen(&mut self, child: &mut Child, silence_limit: Duration) -> anyhow::Result<bool> {
        let output = child.stdout.take().expect("the output is piped");
        let (say, said) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n') {
                if say.send(line).is_err() {
                    break;
                }
            }
        });
        loop {
            match said.recv_timeout(silence_limit) {
                Ok(line) => {
                    // A test may print bytes that are not text.
                    let line = String::from_utf8_lossy(&line?).into_owned();
                    println!("{line}");
                    self.count(&line);
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(true),
                Err(mpsc::RecvTimeoutError::Timeout) => return Ok(false),
            }
        }
    }

    fn count(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        for part in result.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<u64>().ok());
            match (number, words.next()) {
                (Some(number), Some("passed")) => self.passed += number,
                (Some(number), Some("failed")) => self.failed += number,
                _ => {}
            }
        }
    }
}

/// Ends cargo and every test program and server that it started.
fn end_group(child: &Child) -> anyhow::Result<()> {
    let group = format!("-{}", child.id());
    Command::new("kill").args(["-KILL", "--", &group]).status().context("`kill` is missing")?;
    Ok(())
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> (Tally, bool) {
        let mut tally = Tally::default();
        let success =
            tally.run(Command::new("sh").args(["-c", script]), Duration::from_secs(2)).unwrap();
        (tally, success)
    }

    #[test]
    fn results_of_all_programs_are_added_up() {
        let (tally, success) = shell(
            "echo 'test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; finished in 0.00s'
             echo 'running 3 passed tests'
             echo 'test result: FAILED. 3 passed; 2 failed; 0 ignored; finished in 1.20s'
             exit 101",
        );
        assert!(!success);
        assert_eq!(tally.to_string(), "15 passed, 2 failed");
    }

    #[test]
    fn a_program_that_dies_without_a_count_is_a_failure() {
        let (tally, success) = shell("echo 'test result: ok. 4 passed; 0 failed'; exit 101");
        assert!(!success);
        assert_eq!(tally.to_string(), "4 passed, 1 failed");
    }

    #[test]
    fn tests_that_fall_silent_are_ended_and_are_a_failure() {
        let (tally, success) =
            shell("echo 'test result: ok. 4 passed; 0 failed'; sleep 600 & wait");
        assert!(!success);
        assert_eq!(tally.to_string(), "4 passed, 1 failed");
    }

    #[test]
    fn output_that_is_not_text_does_not_stop_the_count() {
        let (tally, success) =
            shell("printf '\\377\\n'; echo 'test result: ok. 1 passed; 0 failed'");
        assert!(success);
        assert_eq!(tally.to_string(), "1 passed, 0 failed");
    }
}
