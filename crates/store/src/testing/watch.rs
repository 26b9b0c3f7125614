//! A look from beside at a database that another process writes to.

use postgres::NoTls;

use crate::Url;
use crate::url::Place;

/// A connection of its own, which changes nothing and waits for nobody.
pub struct Watch(Engine);

enum Engine {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
}

impl Watch {
    /// Opens a database to look at.
    ///
    /// # Panics
    /// When it can't be opened.
    #[must_use]
    pub fn open(url: &Url) -> Self {
        Self(match &url.0 {
            Place::Sqlite(path) => {
                let file = rusqlite::Connection::open(path).expect("the file is a database");
                file.busy_timeout(std::time::Duration::ZERO).expect("a limit can be set");
                Engine::Sqlite(file)
            }
            Place::Postgres(config) => {
                Engine::Postgres(Box::new(config.connect(NoTls).expect("the server answers")))
            }
        })
    }

    /// Whether somebody is inside a transaction that writes.
    ///
    /// # Panics
    /// When the database does not answer.
    pub fn is_written_to(&mut self) -> bool {
        match &mut self.0 {
            Engine::Sqlite(file) => match file.execute_batch("BEGIN IMMEDIATE") {
                Ok(()) => {
                    file.execute_batch("ROLLBACK").expect("a transaction ends");
                    false
                }
                Err(_) => true,
            },
            Engine::Postgres(client) => {
                let writers = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = \
                    current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()";
                let row = client.query_one(writers, &[]).expect("the server answers");
                row.get::<_, i64>(0) > 0
            }
        }
    }

    /// How far all runs of a kind are together; `None` while a writer lets nobody look.
    ///
    /// # Panics
    /// When the server does not answer.
    pub fn progress_of(&mut self, kind: &str) -> Option<i64> {
        let sql = "SELECT CAST(COALESCE(SUM(progress), 0) AS BIGINT) FROM run WHERE kind = $1";
        match &mut self.0 {
            Engine::Sqlite(file) => file.query_row(sql, [kind], |row| row.get(0)).ok(),
            Engine::Postgres(client) => {
                Some(client.query_one(sql, &[&kind]).expect("the server answers").get(0))
            }
        }
    }
}
