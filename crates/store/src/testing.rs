//! Throw-away databases: every test of this and other crates runs on both engines.

mod books;
mod cluster;
mod damage;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use postgres::NoTls;
use units::Timestamp;

pub use books::list_books;
pub use damage::{CASE_DAMAGES, DAMAGES, RECOVERY_DAMAGES, TAKEN_BACK_DAMAGES, TRAIL_DAMAGES};

use crate::url::Place;
use crate::{Db, Url};
pub use watch::Watch;

/// Runs a test on a fresh SQLite file and on a fresh PostgreSQL database, both with the schema.
///
/// PostgreSQL is the server of `SHEBAO_TEST_POSTGRES` where that is set, else a throw-away one of
/// this process.
///
/// # Panics
/// When the test does, or without PostgreSQL.
pub fn for_each_database(test: impl Fn(&Db)) {
    on_sqlite(&test);
    on_postgres(&test);
}

/// As [`for_each_database`], with the database's name, for tests that open and close it.
///
/// # Panics
/// When the test does, or without PostgreSQL.
pub fn for_each_url(test: impl Fn(&Url)) {
    with_file(|url| named("SQLite", || test(url)));
    with_server_database(|url| named("PostgreSQL", || test(url)));
}

/// As [`for_each_url`], with the text that another process opens the database by.
///
/// # Panics
/// When the test does, or without PostgreSQL.
pub fn for_each_url_text(test: impl Fn(&str)) {
    with_file(|url| named("SQLite", || test(&url.to_string())));
    let server = Server::shared();
    let fresh = server.fresh_database();
    let (host, _) = server.address.rsplit_once('/').expect("the address names a database");
    named("PostgreSQL", || test(&format!("{host}/{}", fresh.name)));
}

/// Runs a test on a copy of a database that nobody has open, named by text as it is.
///
/// # Panics
/// When the test does, or the database can't be copied.
pub fn on_copy(url: &str, test: impl FnOnce(&str)) {
    if let Some(file) = url.strip_prefix("sqlite:") {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let copy = folder.path().join("city.db");
        let original = rusqlite::Connection::open(file).expect("the file is a database");
        let written = original.execute("VACUUM INTO ?1", [copy.display().to_string()]);
        written.expect("what the log beside the file holds is copied too");
        return test(&Url::of_file(&copy).to_string());
    }
    let server = Server::shared();
    let (host, name) = url.rsplit_once('/').expect("the address names a database");
    let fresh = server.copied_from(name);
    test(&format!("{host}/{}", fresh.name));
}

/// Runs a test on a fresh SQLite file, for what only SQLite has.
///
/// # Panics
/// When the test does.
pub fn on_sqlite(test: impl Fn(&Db)) {
    with_file(|url| named("SQLite", || test(&Db::open(url).expect("the file has the schema"))));
}

/// Runs a test on a fresh PostgreSQL database, for what only PostgreSQL has.
///
/// # Panics
/// When the test does, or without PostgreSQL.
pub fn on_postgres(test: impl Fn(&Db)) {
    with_server_database(|url| {
        named("PostgreSQL", || test(&Db::open(url).expect("the database has the schema")));
    });
}

/// A moment for tests that need any: 2026-11-24T10:00:00+08:00.
///
/// # Panics
/// Never.
#[must_use]
pub fn now() -> Timestamp {
    "2026-11-24T10:00:00+08:00".parse().expect("it is a moment")
}

fn named(engine: &str, test: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(test)) {
        eprintln!("the test failed on {engine}");
        resume_unwind(panic);
    }
}

fn with_file(test: impl FnOnce(&Url)) {
    static MIGRATED: OnceLock<Vec<u8>> = OnceLock::new();
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let file = folder.path().join("city.db");
    let migrated = MIGRATED.get_or_init(|| {
        let template = folder.path().join("template.db");
        drop(Db::migrate(&Url::of_file(&template), now()).expect("the migrations apply"));
        std::fs::read(template).expect("a closed database is one file")
    });
    std::fs::write(&file, migrated).expect("the temporary folder is writable");
    test(&Url::of_file(&file));
}

fn with_server_database(test: impl FnOnce(&Url)) {
    let server = Server::shared();
    let fresh = server.fresh_database();
    test(&fresh.url);
}

struct Server {
    /// The URL of the server's own database.
    address: String,
    /// Connects to it.
    config: postgres::Config,
    /// A database with the schema, copied for each test.
    template: String,
    count: AtomicU64,
}

struct Fresh<'s> {
    server: &'s Server,
    name: String,
    url: Url,
}

impl Server {
    fn shared() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| {
            let address =
                std::env::var("SHEBAO_TEST_POSTGRES").unwrap_or_else(|_| cluster::start());
            let config: postgres::Config =
                address.parse().expect("SHEBAO_TEST_POSTGRES is a PostgreSQL URL");
            let template = format!("shebao_test_{}", std::process::id());
            let server = Self { address, config, template, count: AtomicU64::new(0) };
            server.run(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", server.template));
            server.run(&format!(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'",
                server.template
            ));
            drop(Db::migrate(&server.url_of(&server.template), now()).expect("migrations apply"));
            server
        })
    }

    fn fresh_database(&self) -> Fresh<'_> {
        self.copied_from(&self.template)
    }

    fn copied_from(&self, template: &str) -> Fresh<'_> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}_{number}", self.template);
        self.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        self.run(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        let url = self.url_of(&name);
        Fresh { server: self, name, url }
    }

    fn run(&self, sql: &str) {
        let mut client = self.config.connect(NoTls).expect("the test server answers");
        client.batch_execute(sql).expect("the test server's user may make databases");
    }

    fn url_of(&self, name: &str) -> Url {
        let mut config = self.config.clone();
        config.dbname(name);
        Url(Place::Postgres(Box::new(config)))
    }
}

impl Drop for Fresh<'_> {
    fn drop(&mut self) {
        self.server.run(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}
