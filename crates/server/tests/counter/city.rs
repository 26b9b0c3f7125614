//! A sandbox city served by the real program, in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use channels::counter_api::http_signature::algorithm::Algorithm;
use insurance::identity_number::IdentityNumber;

pub(crate) const DAY: &str = "2026-11-10";
pub(crate) const IDENTITY: &str = "320102199001010010";
pub(crate) const CARD: &str = "C10000000";
const MOMENT: &str = "2026-11-10T09:00:00+08:00";

pub(crate) struct City {
    url: String,
    folder: tempfile::TempDir,
}

/// A bank's key.
pub(crate) struct Key {
    pub(crate) key_id: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) file: PathBuf,
}

/// The program serving; it is killed at the end.
pub(crate) struct Server {
    pub(crate) base: String,
    /// Where banks come with certificates.
    pub(crate) tls: Option<String>,
    process: Child,
}

impl City {
    /// A city with so many people and their dues of November 2026.
    pub(crate) fn new(url: &str, people: usize) -> Self {
        let city = Self::empty(url);
        let file = city.folder.path().join("people.csv");
        std::fs::write(&file, people_csv(people)).unwrap();
        city.run(&["--clock", "2026-10-30T09:00:00+08:00", "person", "import", path(&file)]);
        city.run(&["--clock", "2026-11-01T09:00:00+08:00", "month", "assess", "2026-11"]);
        city
    }

    /// A city without people.
    pub(crate) fn empty(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let city = Self { url: url.to_owned(), folder };
        city.run(&["init", "--sandbox"]);
        city
    }

    /// Makes a key for a bank.
    pub(crate) fn add_key(&self, bank: &str, algorithm: Algorithm) -> Key {
        let key_id = format!("{bank}-1");
        let word = algorithm.word();
        let arguments =
            ["--json", "counter", "key", "add", "--bank", bank, "--key-id", &key_id, "--algorithm"];
        let said = self.run(&[&arguments[..], &[word]].concat());
        self.keep_key(&key_id, algorithm, &said)
    }

    /// Makes a key for a hospital.
    pub(crate) fn add_hospital_key(&self, hospital: &str) -> Key {
        let key_id = format!("{hospital}-1");
        let key = ["--json", "hospital", "key", "add", "--hospital", hospital];
        let said = self.run(&[&key[..], &["--key-id", &key_id]].concat());
        self.keep_key(&key_id, Algorithm::HmacSha256, &said)
    }

    /// Lets a bank have another key, beside the one it has.
    pub(crate) fn rotate_key(&self, bank: &str, key_id: &str) -> Key {
        let arguments = ["--json", "counter", "key", "rotate", "--bank", bank, "--key-id", key_id];
        self.keep_key(key_id, Algorithm::HmacSha256, &self.run(&arguments))
    }

    /// Adds a public key that `openssl` made.
    pub(crate) fn add_sm2_key(&self, bank: &str) -> Key {
        let key_id = format!("{bank}-1");
        let (file, public) = (self.folder().join("sm2.key"), self.folder().join("sm2.pub"));
        let openssl = |arguments: &[&str]| {
            let done = Command::new("openssl").args(arguments).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        };
        let curve = "ec_paramgen_curve:SM2";
        openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", curve, "-out", path(&file)]);
        openssl(&["pkey", "-in", path(&file), "-pubout", "-out", path(&public)]);
        let arguments = ["counter", "key", "add", "--bank", bank, "--key-id", &key_id];
        let with = ["--algorithm", "sm2-sm3", "--file", path(&public)];
        self.run(&[&arguments[..], &with].concat());
        Key { key_id, algorithm: Algorithm::Sm2Sm3, file }
    }

    fn keep_key(&self, key_id: &str, algorithm: Algorithm, said: &str) -> Key {
        let said: serde_json::Value = serde_json::from_str(said).unwrap();
        let file = self.folder.path().join(format!("{key_id}.key"));
        std::fs::write(&file, said["private_key"].as_str().unwrap()).unwrap();
        Key { key_id: key_id.to_owned(), algorithm, file }
    }

    /// What the first person owes for November, in yuan.
    pub(crate) fn owed(&self) -> String {
        let key = self.add_key("asks", Algorithm::HmacSha256);
        let server = self.serve();
        let (_, quote) = crate::bank::Bank::new(&server.base, &key).query_first();
        let fen = quote["total_fen"].as_i64().unwrap();
        format!("{}.{:02}", fen / 100, fen % 100)
    }

    /// The name and file of the key that signs answers to this bank.
    pub(crate) fn answer_key(&self, key: &Key) -> (String, PathBuf) {
        if key.algorithm == Algorithm::HmacSha256 {
            return (key.key_id.clone(), key.file.clone());
        }
        let said = self.run(&["--json", "counter", "key", "list"]);
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        let name = format!("shebao-{}", key.algorithm.word());
        let keys = said["answer_keys"].as_array().unwrap();
        let found = keys.iter().find(|key| key["key_id"] == name.as_str()).unwrap();
        let file = self.folder.path().join(&name);
        std::fs::write(&file, found["public_key"].as_str().unwrap()).unwrap();
        (name, file)
    }

    /// Where other programs may leave what they keep; gone at the end.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn serve(&self) -> Server {
        self.serve_on("127.0.0.1:0")
    }

    /// Serves at an address, on 2026-11-10.
    pub(crate) fn serve_on(&self, address: &str) -> Server {
        self.serve_with(address, &[])
    }

    /// Serves banks with certificates too; the files are in the folder.
    pub(crate) fn serve_with_tls(&self) -> Server {
        let file = |name: &str| path(&self.folder().join(name)).to_owned();
        let (certificate, key, ca) = (file("server.pem"), file("server.key"), file("ca.pem"));
        let listen = ["--counter-listen", "127.0.0.1:0", "--counter-tls-cert", &certificate];
        let files = ["--counter-tls-key", &key, "--counter-client-ca", &ca];
        self.serve_with("127.0.0.1:0", &[&listen[..], &files].concat())
    }

    fn serve_with(&self, address: &str, options: &[&str]) -> Server {
        let mut process = self
            .command()
            .args(["--clock", MOMENT, "serve", "--counter-rate", "100000", "--listen", address])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut address = || {
            let line = lines.next().expect("the program says where it listens").unwrap();
            line.split_whitespace().next().unwrap().trim_end_matches('/').to_owned()
        };
        let base = address();
        let tls = (!options.is_empty()).then(&mut address);
        Server { base, tls, process }
    }

    /// Starts the sandbox bank.
    pub(crate) fn sandbox(&self, base: &str, seed: &str) -> Child {
        self.command()
            .args(["--clock", MOMENT, "--json", "counter", "sandbox", "--url", base])
            .args(["--tellers", "64", "--seed", seed])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The books balance and nothing was changed behind the program's back.
    pub(crate) fn verify(&self) {
        self.run(&["verify"]);
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shebao"));
        // One node for all, in a moment that stands still: their numbers must keep apart.
        command.args(["--db", &self.url, "--node", "1"]);
        if !self.url.starts_with("sqlite:") {
            command.env("SHEBAO_SECRET_KEY_FILE", self.folder().join("city.key"));
        }
        command
    }

    /// Runs a command to its end, and says what it said.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        self.ended(arguments, 0)
    }

    /// Runs a command that a rule refuses.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        self.ended(arguments, 1)
    }

    /// Runs a command that can't do its work.
    pub(crate) fn failed(&self, arguments: &[&str]) -> String {
        self.ended(arguments, 2)
    }

    fn ended(&self, arguments: &[&str], code: i32) -> String {
        let done = self.command().args(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (said, failed) = (text(&done.stdout), text(&done.stderr));
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {said}{failed}");
        said + &failed
    }
}

impl Server {
    /// Ends the program as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A Python program of `tests/python`, or a module with `-m`.
pub(crate) fn python(program: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("SHEBAO_TEST_PYTHON").map_or_else(
        || folder.ancestors().nth(2).unwrap().join("target/test-tools/venv/bin/python"),
        PathBuf::from,
    );
    assert!(
        python.exists(),
        "{} is missing: `cargo xtask test` makes it, or make a venv there and install \
         crates/server/tests/python/requirements-counter.txt",
        python.display()
    );
    let mut command = Command::new(python);
    if program == "-m" {
        command.arg("-m");
    } else {
        command.arg(folder.join("tests/python").join(program));
    }
    command
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

fn people_csv(people: usize) -> String {
    let mut csv = String::from("identity_number,name,card_number,office,branches,base,from\n");
    for number in 0..people {
        let identity = identity(number);
        csv.push_str(&format!(
            "{identity},张三,C{},xuanwu,pension+medical,4952,2026-11\n",
            10_000_000 + number
        ));
    }
    csv
}

/// Invented identity numbers: a thousand to a day of birth; the first is [`IDENTITY`].
fn identity(number: usize) -> String {
    let payload = format!("3201021990{:02}01{:03}", 1 + number / 998, 1 + number % 998);
    let with_check = |check: char| format!("{payload}{check}");
    let mut checks = "0123456789X".chars().map(with_check);
    checks.find(|text| IdentityNumber::from_stored(text).is_ok()).unwrap()
}
