//! `shebao`: a city's social insurance for the flexibly employed.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::run()
}
