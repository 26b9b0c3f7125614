//! A throw-away PostgreSQL: made for one run, on a free port of this machine, gone afterwards.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use super::machine::on_path;
use super::step::answer;

/// Where tests find the address of the server.
pub(super) const VARIABLE: &str = "SHEBAO_TEST_POSTGRES";

const USER: &str = "shebao";
const START_SECONDS: u32 = 60;
const POLLS_PER_SECOND: u32 = 20;

/// A running server. It stops, and its data go, when this value is dropped.
#[derive(Debug)]
pub(super) struct Postgres {
    folder: PathBuf,
    port: u16,
    server: Child,
}

impl Postgres {
    /// Makes a new server and waits until it answers.
    pub(super) fn start() -> anyhow::Result<Self> {
        let binaries = binaries().context("PostgreSQL's server is not installed")?;
        let folder = std::env::temp_dir().join(format!("shebao-postgres-{}", std::process::id()));
        remove_leftovers();
        make_data(&binaries, &folder)?;
        let port = free_port()?;
        let server = spawn(&binaries, &folder, port)?;
        let mut postgres = Self { folder, port, server };
        postgres.wait_until_ready()?;
        Ok(postgres)
    }

    /// What `SHEBAO_TEST_POSTGRES` holds: a superuser's address, so that tests can make databases.
    pub(super) fn address(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Waits until somebody else stops the server.
    pub(super) fn wait(&mut self) -> anyhow::Result<()> {
        self.server.wait()?;
        Ok(())
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        for _ in 0..START_SECONDS * POLLS_PER_SECOND {
            // The last line of this file is the server's own word on its state.
            let state = fs::read_to_string(self.folder.join("data/postmaster.pid"));
            if state.is_ok_and(|text| text.trim_end().ends_with("ready")) {
                return Ok(());
            }
            if self.server.try_wait()?.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_secs(1) / POLLS_PER_SECOND);
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        bail!("PostgreSQL did not start within {START_SECONDS} s:\n{log}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // QUIT: stop at once, nothing is worth keeping.
        let id = self.server.id().to_string();
        let told = Command::new("kill").args(["-QUIT", &id]).status();
        if !told.is_ok_and(|status| status.success()) {
            drop(self.server.kill());
        }
        drop(self.server.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// The folder of `postgres` and `initdb`: the newest of Debian's, or the one on the path.
pub(super) fn binaries() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let versions = debian.map(|version| version.path().join("bin"));
    let number =
        |bin: &PathBuf| -> Option<u32> { bin.parent()?.file_name()?.to_str()?.parse().ok() };
    let complete = |bin: &PathBuf| ["postgres", "initdb"].iter().all(|p| bin.join(p).is_file());
    versions.filter(complete).max_by_key(number).or_else(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).find(complete)
    })
}

/// Whether this process may do anything; PostgreSQL then refuses to run as the same user.
pub(super) fn is_root() -> bool {
    answer("id", &["-u"]).is_some_and(|id| id.trim() == "0")
}

fn make_data(binaries: &Path, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir(folder).with_context(|| folder.display().to_string())?;
    if let Some(owner) = other_user() {
        let status = Command::new("chown").arg(owner).arg(folder).status()?;
        ensure!(status.success(), "{} cannot be given to {owner}", folder.display());
    }
    let mut initdb = as_server(&binaries.join("initdb"));
    initdb.args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
    initdb.arg(format!("--username={USER}")).arg("--pgdata").arg(folder.join("data"));
    let output = initdb.current_dir(folder).output().context("initdb cannot be started")?;
    ensure!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn spawn(binaries: &Path, folder: &Path, port: u16) -> anyhow::Result<Child> {
    let log = fs::File::create(folder.join("log"))?;
    let mut server = as_server(&binaries.join("postgres"));
    server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    server.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
    // The data are gone after the run, so surviving a power cut is worth nothing here.
    for setting in ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] {
        server.args(["-c", setting]);
    }
    server.args(["-c", "max_connections=300", "-c", "max_wal_size=4GB"]);
    server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).current_dir(folder);
    server.spawn().context("PostgreSQL cannot be started")
}

/// A command that runs as somebody PostgreSQL accepts, and that gets a signal when this process
/// ends in any way, so that no server stays behind. Systems without `setpriv` have only the
/// orderly way, [`Postgres::drop`].
fn as_server(program: &Path) -> Command {
    if !on_path("setpriv") {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    if let Some(user) = other_user() {
        command.arg(format!("--reuid={user}")).args(["--regid=nogroup", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command
}

/// Who runs the server in our place, because PostgreSQL refuses to run as root.
fn other_user() -> Option<&'static str> {
    is_root().then_some("nobody")
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Removes the data of runs that were killed before they could.
fn remove_leftovers() {
    let folders = fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    for folder in folders.map(|entry| entry.path()) {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let process = name.strip_prefix("shebao-postgres-").and_then(|id| id.parse::<u32>().ok());
        let alive = |id: u32| Command::new("kill").args(["-0", &id.to_string()]).output();
        if process.is_some_and(|id| alive(id).is_ok_and(|output| !output.status.success())) {
            drop(fs::remove_dir_all(folder));
        }
    }
}
