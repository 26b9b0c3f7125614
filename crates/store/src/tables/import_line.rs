//! `import_line`: what became of each line of an imported file, or would in a dry run.

use insurance::ids::RunId;
use policy::Text;

use crate::{BulkTable, Error, Row, Tx};

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is booked, or would be.
    Booked,
    /// What it says was so already.
    Unchanged,
    /// It is refused.
    Refused,
}

impl Fate {
    /// Every fate, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::Booked, Self::Unchanged, Self::Refused];

    const fn code(self) -> i64 {
        match self {
            Self::Booked => 1,
            Self::Unchanged => 2,
            Self::Refused => 3,
        }
    }

    fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|fate| fate.code() == code)
    }
}

/// A line and its fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportLine {
    /// The line in the file, 1 for the header.
    pub line: u64,
    /// What became of it.
    pub fate: Fate,
    /// The column that is meant, or `-` for the whole line.
    pub field: String,
    /// What was done, or why not and what to do.
    pub words: Text,
}

/// How many lines had each fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FateCounts {
    /// Booked.
    pub booked: u64,
    /// Nothing to do.
    pub unchanged: u64,
    /// Refused.
    pub refused: u64,
}

impl FateCounts {
    /// All lines.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.booked + self.unchanged + self.refused
    }
}

static ROWS: BulkTable = BulkTable {
    name: "import_line",
    columns: &["run_id", "line", "fate", "field", "words_zh", "words_en"],
};

/// Keeps the fates of some lines.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_all(tx: &mut Tx<'_>, run: RunId, lines: &[ImportLine]) -> Result<(), Error> {
    let mut rows = tx.bulk(&ROWS)?;
    for line in lines {
        let (zh, en): (&str, &str) = (&line.words.zh, &line.words.en);
        rows.push(&[
            run.into(),
            i64::try_from(line.line).unwrap_or(i64::MAX).into(),
            line.fate.code().into(),
            (&line.field).into(),
            zh.into(),
            en.into(),
        ])?;
    }
    rows.finish()?;
    Ok(())
}

/// Forgets the fates of a dry run, before the real ones.
///
/// # Errors
/// [`Error`] of the database.
pub fn delete_all(tx: &mut Tx<'_>, run: RunId) -> Result<u64, Error> {
    tx.execute("DELETE FROM import_line WHERE run_id = $1", &[run.into()])
}

/// Lines behind `after`, in order: those of one fate, or all of them.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(
    tx: &mut Tx<'_>,
    run: RunId,
    (fate, after): (Option<Fate>, u64),
    limit: i64,
) -> Result<Vec<ImportLine>, Error> {
    tx.query(
        "SELECT line, fate, field, words_zh, words_en FROM import_line WHERE run_id = $1 \
         AND (CAST($2 AS BIGINT) = 0 OR fate = $2) AND line > $3 ORDER BY line LIMIT $4",
        &[
            run.into(),
            fate.map_or(0, Fate::code).into(),
            i64::try_from(after).unwrap_or(i64::MAX).into(),
            limit.into(),
        ],
        read,
    )
}

/// How many lines had each fate.
///
/// # Errors
/// [`Error`] of the database.
pub fn count(tx: &mut Tx<'_>, run: RunId) -> Result<FateCounts, Error> {
    let counted = tx.query(
        "SELECT fate, COUNT(*) FROM import_line WHERE run_id = $1 GROUP BY fate",
        &[run.into()],
        |row| Ok((row.code(0, Fate::from_code)?, row.int(1)?.unsigned_abs())),
    )?;
    let of = |fate| counted.iter().find(|(found, _)| *found == fate).map_or(0, |(_, n)| *n);
    Ok(FateCounts {
        booked: of(Fate::Booked),
        unchanged: of(Fate::Unchanged),
        refused: of(Fate::Refused),
    })
}

fn read(row: &Row<'_>) -> Result<ImportLine, Error> {
    Ok(ImportLine {
        line: row.int(0)?.unsigned_abs(),
        fate: row.code(1, Fate::from_code)?,
        field: row.string(2)?,
        words: Text::made(row.string(3)?, row.string(4)?),
    })
}
