//! A throw-away PostgreSQL server that ends with the process.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

const SCRIPT: &str = include_str!("cluster.sh");

const HOW_TO_INSTALL: &str = "these tests need PostgreSQL: install it (on Debian \
    `apt-get install postgresql`), or set SHEBAO_TEST_POSTGRES to the URL of a server where they \
    may make databases, such as postgres://postgres@localhost/postgres";

/// Holds the script's standard input open. The script stops the server at its end, which comes
/// when this process ends, however it ends.
static KEEPER: Mutex<Option<Child>> = Mutex::new(None);

/// Starts a server and gives its URL.
pub(super) fn start() -> String {
    let programs = programs().expect(HOW_TO_INSTALL);
    let mut command = if runs_as_root() {
        // PostgreSQL refuses to run as root.
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh", "-c", SCRIPT]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT]);
        command
    };
    let mut child = command
        .arg("cluster")
        .arg(programs)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sh and runuser are there");
    let mut folder = String::new();
    let stdout = child.stdout.take().expect("it is piped");
    BufReader::new(stdout).read_line(&mut folder).expect("the script writes text");
    if folder.trim().is_empty() {
        let mut said = String::new();
        let stderr = child.stderr.as_mut().expect("it is piped");
        stderr.read_to_string(&mut said).expect("the script writes text");
        panic!("PostgreSQL did not start: {said}");
    }
    *KEEPER.lock().expect("no test holds the keeper") = Some(child);
    format!("postgres://postgres@{}/postgres", folder.trim().replace('/', "%2F"))
}

/// The folder of the newest `initdb`.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.parse().ok()?;
            Some((number, entry.path().join("bin")))
        })
        .collect();
    folders.sort();
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let newest_first = folders.into_iter().rev().map(|(_, folder)| folder);
    newest_first
        .chain(std::env::split_paths(&on_path))
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

fn runs_as_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
