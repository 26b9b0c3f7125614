//! The schema's history: numbered files, each applied once, in order.

use units::Timestamp;

use crate::tx::Dialect;
use crate::{Error, Tx};

/// One change of the schema.
///
/// Its text is SQL for both engines with three placeholders:
///
/// | placeholder | SQLite | PostgreSQL |
/// |---|---|---|
/// | `{blob}`, a column's type | `BLOB` | `BYTEA` |
/// | `{without_rowid}`, behind a table | `STRICT, WITHOUT ROWID` | |
/// | `{rowid}`, behind a table | `STRICT` | |
///
/// `BIGINT` becomes SQLite's own word `INTEGER`, so that its strict tables refuse a text in a
/// number's place, as PostgreSQL does. A table that is read by its key is `{without_rowid}`; one
/// with long rows, such as raw messages, is `{rowid}`.
pub(crate) struct Migration {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal),+ $(,)?) => {
        &[$(Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../migrations/", $name, ".sql")),
        }),+]
    };
}

/// Every change, in order; append-only. The newest is the version that the program needs.
const MIGRATIONS: &[Migration] = migrations! {
    1 "0001_meta",
    2 "0002_foundation",
    3 "0003_counter",
    4 "0004_debit",
    5 "0005_desk",
    6 "0006_wechat",
    7 "0007_review",
    8 "0008_import_file",
    9 "0009_casework",
    10 "0010_single_sign_on",
    11 "0011_enrolment_desk",
    12 "0012_trail",
    13 "0013_counter_access",
    14 "0014_inquiry",
    15 "0015_callers",
    16 "0016_partner",
    17 "0017_enrolment_end",
    18 "0018_recovery",
    19 "0019_notice_key",
    20 "0020_message_digest",
    21 "0021_nonce_once",
};

const RECORD: &str = "
    CREATE TABLE IF NOT EXISTS schema_migration (
        version    BIGINT NOT NULL PRIMARY KEY,
        name       TEXT   NOT NULL,
        applied_at BIGINT NOT NULL
    ) {without_rowid};";

/// Any number that no other program is likely to lock in the same database.
const LOCK: &str = "SELECT pg_advisory_xact_lock(736865626100)";

/// Refuses a database of another version than the program's.
pub(crate) fn check(tx: &mut Tx<'_>) -> Result<(), Error> {
    let found = version(tx)?;
    let needed = newest();
    match found.cmp(&needed) {
        std::cmp::Ordering::Less => Err(Error::NeedsMigration { found, needed }),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(Error::NewerThanProgram { found, known: needed }),
    }
}

/// Applies the first change that the database lacks and says whether there was one. The caller
/// gives it a transaction of its own.
pub(crate) fn step(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, Error> {
    step_of(MIGRATIONS, tx, now)
}

fn step_of(migrations: &[Migration], tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, Error> {
    if tx.dialect() == Dialect::Postgres {
        // Two programs that start together take turns; the second finds everything done.
        tx.batch(LOCK)?;
        refuse_other_order(tx)?;
    }
    let found = version(tx)?;
    let known = migrations.iter().map(|migration| migration.version).max().unwrap_or_default();
    if found > known {
        return Err(Error::NewerThanProgram { found, known });
    }
    let Some(migration) = migrations.iter().find(|migration| migration.version > found) else {
        return Ok(false);
    };
    let dialect = tx.dialect();
    tx.batch(&rendered(RECORD, dialect))?;
    tx.batch(&rendered(migration.sql, dialect))?;
    tx.execute(
        "INSERT INTO schema_migration (version, name, applied_at) VALUES ($1, $2, $3)",
        &[migration.version.into(), migration.name.into(), now.into()],
    )?;
    Ok(true)
}

/// The newest change that the database has; 0 for an empty one.
fn version(tx: &mut Tx<'_>) -> Result<i64, Error> {
    let exists = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'schema_migration')"
        }
        Dialect::Postgres => "SELECT to_regclass('schema_migration') IS NOT NULL",
    };
    if !tx.query_one(exists, &[], |row| row.bool(0))? {
        return Ok(0);
    }
    let newest = "SELECT COALESCE(MAX(version), 0) FROM schema_migration";
    tx.query_one(newest, &[], |row| row.int(0))
}

/// Texts must sort by their bytes, as on SQLite, or one statement would answer in two orders.
fn refuse_other_order(tx: &mut Tx<'_>) -> Result<(), Error> {
    let sound = "SELECT 'B' < 'a' AND getdatabaseencoding() = 'UTF8'";
    if tx.query_one(sound, &[], |row| row.bool(0))? {
        return Ok(());
    }
    Err(Error::Unusable(
        "the PostgreSQL database must be UTF-8 and sort by bytes; create it with \
         `createdb --template=template0 --encoding=UTF8 --locale=C NAME`"
            .to_owned(),
    ))
}

fn rendered(sql: &str, dialect: Dialect) -> String {
    let (blob, without_rowid, rowid) = match dialect {
        Dialect::Sqlite => ("BLOB", "STRICT, WITHOUT ROWID", "STRICT"),
        Dialect::Postgres => ("BYTEA", "", ""),
    };
    let text = sql
        .replace("{blob}", blob)
        .replace("{without_rowid}", without_rowid)
        .replace("{rowid}", rowid);
    match dialect {
        Dialect::Sqlite => text.replace("BIGINT", "INTEGER"),
        Dialect::Postgres => text,
    }
}

fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}
