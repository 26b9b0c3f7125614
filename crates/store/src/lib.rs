//! The database: SQLite in the program by default, PostgreSQL when the city is large.
//!
//! Every operation is a plain function over a [`Tx`]; nothing here is `async` except the answers
//! of [`Db::write_async`] and its siblings (`docs/decisions/0003-synchronous-store.md`).
//! There is one SQL text for both engines: `$1` parameters, `BIGINT`, `TEXT` and one binary type.
//!
//! It never decides: no rule of insurance lives here. It never makes an identifier, reads a clock,
//! or logs a value of a row.
//!
//! # Rules for whoever writes SQL here
//! - A closure given to [`Db::write`] may run more than once on PostgreSQL, and what it did may be
//!   undone after it returned `Ok`: it must have no effect outside its [`Tx`].
//! - After a failed statement the transaction is lost, on both engines. Where a row may exist
//!   already, write `INSERT … ON CONFLICT DO NOTHING` and look at the count.
//! - `SUM` of a `BIGINT` is no `BIGINT` on PostgreSQL: write `CAST(SUM(x) AS BIGINT)`.
//! - Rows come in no order unless the statement says `ORDER BY`.
//!
//! # Files, in reading order
//! [`Db`] (`db.rs`) opens, writes and reads; `tx.rs` is what a closure holds; `value.rs` and
//! `row.rs` carry values in and out; `bulk.rs` inserts many rows, `bulk_update.rs` changes many by
//! their keys, `stage.rs` puts keys beside the tables; `migration.rs` and `migrations/`
//! are the schema; `url.rs` names a database; `settings.rs` has the named limits. Behind them are
//! `sqlite/` (the writer thread, the readers, backup) and `postgresql/`, which share `pool.rs`.
//! `bench.rs` is work to be timed; `testing.rs` serves tests.

pub mod bench;
mod bulk;
mod bulk_update;
mod db;
mod error;
mod migration;
mod pool;
mod postgresql;
mod row;
mod settings;
mod sqlite;
mod stage;
pub mod tables;
mod tx;
mod url;
mod value;
mod wait;

#[cfg(feature = "testing")]
pub mod testing;

pub use bulk::{BulkInsert, BulkTable};
pub use bulk_update::BulkUpdate;
pub use db::Db;
pub use error::{Error, Fault};
pub use row::Row;
pub use settings::Settings;
pub use tx::Tx;
pub use url::{NotUrl, Url};
pub use value::{Id, Value};
