//! How many tests passed and failed, added up over all test programs.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::Context;

/// The sum over every `test result:` line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    /// Runs the tests, shows their output as it comes and counts; whether all of them passed.
    pub(super) fn run(&mut self, command: &mut Command) -> anyhow::Result<bool> {
        let mut child =
            command.stdout(Stdio::piped()).spawn().context("cargo cannot be started")?;
        let output = child.stdout.take().expect("the output was asked for above");
        for line in BufReader::new(output).split(b'\n') {
            // A test may print bytes that are not text.
            let line = String::from_utf8_lossy(&line?).into_owned();
            println!("{line}");
            self.count(&line);
        }
        let success = child.wait()?.success();
        if !success && self.failed == 0 {
            // It did not build, or a test program died before it could count.
            println!("a test program did not build or did not finish: counted as one failure");
            self.failed = 1;
        }
        Ok(success)
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
        let success = tally.run(Command::new("sh").args(["-c", script])).unwrap();
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
    fn output_that_is_not_text_does_not_stop_the_count() {
        let (tally, success) =
            shell("printf '\\377\\n'; echo 'test result: ok. 1 passed; 0 failed'");
        assert!(success);
        assert_eq!(tally.to_string(), "1 passed, 0 failed");
    }
}
