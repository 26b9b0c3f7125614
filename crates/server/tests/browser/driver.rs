//! chromedriver, which starts browsers: one for each walk, and not more walks at once than a small
//! machine bears.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One browser at a time: two cores render no faster side by side, and a walk that waits for its
/// turn is not mistaken for a page that hangs.
static TURN: Mutex<()> = Mutex::new(());

/// A running chromedriver.
pub(crate) struct Driver {
    process: Child,
    port: u16,
    _turn: MutexGuard<'static, ()>,
}

impl Driver {
    /// Starts one on a free port and waits until it listens.
    pub(crate) fn start() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed by `cargo xtask test`");
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = output.by_ref().find_map(|line| port_in(&line.unwrap()));
        // What it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || output.for_each(drop));
        Self { process, port: port.expect("it says its port before it ends"), _turn: turn }
    }

    /// Where it takes commands.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    /// Ends it the way that lets it end its browsers, also after a walk that failed.
    fn drop(&mut self) {
        let id = self.process.id().to_string();
        let _ = Command::new("kill").arg(id).status();
        let _ = self.process.wait();
    }
}

/// The number in `ChromeDriver was started successfully on port 41283.`
fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("started successfully on port ")?;
    rest.trim_end_matches('.').parse().ok()
}
