//! What can go wrong with a database. All of it is failure: outside trouble, or a defect of ours
//! that the engine found; a rule of insurance never speaks through it.

/// A failure of the database. Its text never holds a value of a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no database where the URL says.
    #[error("there is no database at {0}; create it with `shebao init`")]
    NoDatabase(String),
    /// The database lacks changes of this version.
    #[error(
        "the database has schema version {found} and this program needs {needed}; \
         bring it up to date with `shebao init`"
    )]
    NeedsMigration {
        /// The version of the database; 0 for an empty one.
        found: i64,
        /// The version of the program.
        needed: i64,
    },
    /// The database was changed by a later version of the program.
    #[error(
        "the database has schema version {found} but this program knows only {known}; \
         use the newer program that wrote it"
    )]
    NewerThanProgram {
        /// The version of the database.
        found: i64,
        /// The version of the program.
        known: i64,
    },
    /// The database cannot serve, for a reason that the operator can mend.
    #[error("the database cannot be used: {0}")]
    Unusable(String),
    /// The engine could not be reached, or the connection was lost before anything was done.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Fault),
    /// A statement failed; the transaction is undone.
    #[error("a statement failed: {sql}")]
    Statement {
        /// The statement, without its values.
        sql: String,
        /// What the engine said.
        #[source]
        fault: Fault,
    },
    /// The closure returned `Ok` although a statement had failed; the transaction is undone.
    #[error("a transaction went on after a failed statement and was undone")]
    WentOnAfterFailure,
    /// The transaction did not become durable and is undone, together with others of its group.
    #[error("the transaction could not be committed and is undone")]
    CommitFailed(#[source] Fault),
    /// The connection was lost during the commit: it may be durable or undone.
    #[error("the connection was lost during the commit; whether it took place is not known")]
    CommitUnknown(#[source] Fault),
    /// A row holds something that this program never writes there.
    #[error("column {column} of a row is not {expected}")]
    Corrupt {
        /// The column's position in the statement, from 0.
        column: usize,
        /// What it should be.
        expected: &'static str,
    },
    /// There are fewer or more rows than the statement's caller counts on.
    #[error("a statement did not find exactly the one row that it should: {sql}")]
    NotOneRow {
        /// The statement.
        sql: String,
    },
    /// The database is being closed.
    #[error("the database is being closed")]
    Closed,
    /// A backup could not be made.
    #[error("the backup could not be made")]
    Backup(#[source] Fault),
}

/// What an engine said: its code and its words, without the values of rows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Fault {
    /// SQLSTATE on PostgreSQL, the extended result code on SQLite, or a word of ours.
    pub code: String,
    /// The engine's message.
    pub message: String,
}

impl Fault {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, message) => Self {
                code: failure.extended_code.to_string(),
                message: message.unwrap_or_else(|| failure.to_string()),
            },
            other => Self::new("sqlite", other.to_string()),
        }
    }
}

/// Keeps the code and the primary message. The server's `DETAIL` is left out on purpose: it quotes
/// the values of the row, which may be an identity number.
impl From<postgres::Error> for Fault {
    fn from(error: postgres::Error) -> Self {
        if let Some(said) = error.as_db_error() {
            return Self::new(said.code().code(), said.message());
        }
        let mut message = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        Self::new("postgresql", message)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::new("io", error.to_string())
    }
}
