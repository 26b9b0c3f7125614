//! 批量导入: files of people, of mandates, of what employers declared and paid. One operation stands
//! behind the desk's page and the command line.
//!
//! Good lines are booked, refused ones are listed with their column and reason. A file is known by
//! its content: handed in again it changes nothing, and one that ended half-way is gone on with. A
//! dry run books every line in one transaction, keeps what became of it, and undoes the lines.
//!
//! Files in reading order: [`column`] what a header may name, `table` lines whatever the format
//! (`delimited`, `workbook`), `people`, `mandates`, `employer_months` what a line means, `fields`
//! the words of cells.

use insurance::cause::Cause;
use insurance::ids::RunId;
use policy::Text;
use store::tables::import_line::{self, Fate, FateCounts, ImportLine};
use store::tables::run as runs;
use store::{Db, Tx};
use units::Timestamp;

use crate::city::City;
use crate::run::{self, Job, Progress};

use self::table::{FieldError, Line, Table};

pub mod column;
mod delimited;
mod fields;
mod mandates;
mod people;
mod table;
mod workbook;

pub use self::table::Input;

/// How many lines one transaction books.
const LINES_PER_BATCH: usize = 2_000;
/// How many lines a dry run tries in its one transaction.
const DRY_LINES_MAX: usize = 20_000;

/// What the lines of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// 参保登记: people who join.
    People,
    /// 委托扣款协议: consents to be debited.
    Mandates,
}

impl ImportKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 2] = [Self::People, Self::Mandates];

    /// The word of addresses and command lines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Mandates => "mandates",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The number that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::People => 1,
            Self::Mandates => 2,
        }
    }

    /// The kind of a number from a table.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The columns, in the order of the template.
    #[must_use]
    pub const fn columns(self) -> &'static [column::Column] {
        match self {
            Self::People => people::COLUMNS,
            Self::Mandates => mandates::COLUMNS,
        }
    }

    const fn job(self) -> &'static str {
        match self {
            Self::People => "import_people",
            Self::Mandates => "import_mandates",
        }
    }
}

/// A file and who hands it in.
#[derive(Debug)]
pub struct Source<'a, I> {
    /// What its lines are.
    pub kind: ImportKind,
    /// The file.
    pub input: I,
    /// Who hands it in.
    pub actor: &'a str,
    /// The one office that its lines may name; `None` for all.
    pub office: Option<&'a str>,
}

/// A line that was not booked. It names the column, never what stood in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedLine {
    /// The line in the file, 1 for the header.
    pub line: u64,
    /// The column, or `-` where the whole line is meant.
    pub field: String,
    /// Why, and what to do.
    pub reason: Text,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The run that booked the file; it names every line's fate.
    pub run: RunId,
    /// Lines booked by this call.
    pub booked: u64,
    /// Lines that said what was so already.
    pub unchanged: u64,
    /// Lines that were refused, in order.
    pub refused: Vec<RefusedLine>,
    /// Lines that an earlier call with the same file had booked.
    pub booked_before: u64,
}

/// Why a file can't be imported at all; nothing is changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A column is missing.
    #[error("the file has no column {0} ({1}); its first line must name the columns")]
    ColumnMustBeThere(&'static str, &'static str),
    /// A column stands in the header twice.
    #[error("the column {0} ({1}) stands in the first line more than once; keep one")]
    ColumnMustStandOnce(&'static str, &'static str),
    /// Nothing stands in it.
    #[error("the file is empty; its first line must name the columns")]
    FileMustHaveLines,
    /// It is neither text nor a workbook.
    #[error("line {line} can't be read; save the file as CSV or XLSX and hand it in again")]
    FileMustBeReadable {
        /// The line; 0 where none is meant.
        line: u64,
    },
    /// It unpacks to too much, or has too many lines.
    #[error("the file is too large; divide it, or import it as CSV on the command line")]
    FileMustBeSmaller,
    /// An old format, or a password.
    #[error(
        "this is an old .xls workbook or one with a password; save it as .xlsx without a password"
    )]
    WorkbookMustBeXlsx,
    /// It can't be read.
    #[error("the file can't be read")]
    Input(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl ImportError {
    /// What the person at the desk reads.
    #[must_use]
    pub fn message(&self) -> Text {
        let english = self.to_string();
        let chinese = match self {
            Self::ColumnMustBeThere(_, title) => {
                format!("文件缺少“{title}”列。第一行必须是列名，可以下载模板对照。")
            }
            Self::ColumnMustStandOnce(_, title) => {
                format!("第一行有两个“{title}”列，请只保留一个。")
            }
            Self::FileMustHaveLines => "文件是空的，第一行必须是列名。".to_owned(),
            Self::FileMustBeReadable { line: 0 } => {
                "文件读不出来，请另存为CSV或XLSX后再上传。".to_owned()
            }
            Self::FileMustBeReadable { line } => {
                format!("文件从第{line}行起读不出来，请另存为CSV或XLSX后再上传。")
            }
            Self::FileMustBeSmaller => "文件太大，请拆分后再上传。".to_owned(),
            Self::WorkbookMustBeXlsx => {
                "这是旧版.xls工作簿或带密码的工作簿，请另存为不带密码的.xlsx再上传。".to_owned()
            }
            Self::Input(_) | Self::Store(_) => "系统暂时读不了这个文件，请稍后再试。".to_owned(),
        };
        Text::made(chinese, english)
    }
}

/// The run that a file's content has, now or since it was first handed in.
///
/// # Errors
/// [`ImportError`]; nothing is changed.
pub fn identify<I: Input>(
    db: &Db,
    city: &City,
    source: &mut Source<'_, I>,
    now: Timestamp,
) -> Result<RunId, ImportError> {
    let look = table::look(&mut source.input)?;
    // A file that can't be opened gets no run.
    Table::open(&mut source.input, &look, source.kind.columns())?;
    source.input.rewind()?;
    let job = Job { kind: source.kind.job(), subject: &look.digest, actor: source.actor };
    Ok(run::begin(db, city, job, now)?.id)
}

/// Tries every line and undoes it: what became of each is kept under the file's run.
///
/// # Errors
/// [`ImportError`]; nothing is changed.
pub fn check_file<I: Input>(
    db: &Db,
    city: &City,
    mut source: Source<'_, I>,
    now: Timestamp,
) -> Result<FateCounts, ImportError> {
    let run = identify(db, city, &mut source, now)?;
    let reader = Reader { city, office: source.office, now, kind: source.kind };
    let look = table::look(&mut source.input)?;
    let mut table = Table::open(source.input, &look, source.kind.columns())?;
    let mut batch = Vec::new();
    while let Some(line) = table.next() {
        if batch.len() == DRY_LINES_MAX {
            return Err(ImportError::FileMustBeSmaller);
        }
        batch.push(reader.read(&line?));
    }
    let trier = city.clone();
    let tried: Result<(), Undone> =
        db.bulk_write(move |tx| Err(Undone::Tried(book_lines(tx, &trier, &batch, (run, now))?)));
    let lines = match tried {
        Ok(()) => Vec::new(),
        Err(Undone::Tried(lines)) => lines,
        Err(Undone::Store(error)) => return Err(error.into()),
    };
    Ok(db.bulk_write(move |tx| -> Result<_, store::Error> {
        import_line::delete_all(tx, run)?;
        import_line::insert_all(tx, run, &lines)?;
        import_line::count(tx, run)
    })?)
}

/// How a dry run leaves its transaction, so that nothing stays.
enum Undone {
    Tried(Vec<ImportLine>),
    Store(store::Error),
}

impl From<store::Error> for Undone {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// Imports a file. The same content is imported once; what an earlier call booked stays, and this
/// one goes on behind it.
///
/// # Errors
/// [`ImportError`]; lines booked before it stay.
pub fn import_file<I: Input>(
    db: &Db,
    city: &City,
    mut source: Source<'_, I>,
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<Imported, ImportError> {
    let look = table::look(&mut source.input)?;
    let reader = Reader { city, office: source.office, now, kind: source.kind };
    let mut table = Table::open(source.input, &look, source.kind.columns())?;
    let job = Job { kind: source.kind.job(), subject: &look.digest, actor: source.actor };
    let run = run::begin(db, city, job, now)?;
    let before = match (run.finished_at, run.progress) {
        (None, 0) => FateCounts::default(),
        _ => db.read(|tx| import_line::count(tx, run.id))?,
    };
    let mut done = before.booked;
    if run.finished_at.is_none() {
        let mut batch = Vec::with_capacity(LINES_PER_BATCH);
        loop {
            let line = table.next().transpose()?.map(|line| reader.read(&line));
            let ended = line.is_none();
            batch.extend(line);
            if ended || batch.len() == LINES_PER_BATCH {
                done += book(db, city, (run.id, now), std::mem::take(&mut batch))?;
                progress(done, 0);
            }
            if ended {
                break;
            }
        }
    }
    finish(db, &run, before, now)
}

fn finish(
    db: &Db,
    run: &runs::Run,
    before: FateCounts,
    now: Timestamp,
) -> Result<Imported, ImportError> {
    let (id, is_open) = (run.id, run.finished_at.is_none());
    let (counts, lines) = db.bulk_write(move |tx| -> Result<_, store::Error> {
        let counts = import_line::count(tx, id)?;
        if is_open {
            let FateCounts { booked, unchanged, refused } = counts;
            let outcome = format!("{booked} booked, {unchanged} unchanged, {refused} refused");
            runs::set_finished(tx, id, now, &outcome)?;
        }
        Ok((counts, import_line::list(tx, id, (Some(Fate::Refused), 0), i64::MAX)?))
    })?;
    let refused =
        |line: ImportLine| RefusedLine { line: line.line, field: line.field, reason: line.words };
    Ok(Imported {
        run: run.id,
        booked: counts.booked - before.booked,
        unchanged: counts.unchanged,
        refused: lines.into_iter().map(refused).collect(),
        booked_before: before.booked,
    })
}

/// Books the lines that no earlier call has reached. Answers how many it booked.
fn book(
    db: &Db,
    city: &City,
    (run, now): (RunId, Timestamp),
    batch: Vec<ReadLine>,
) -> Result<u64, ImportError> {
    let Some((last, _)) = batch.last() else { return Ok(0) };
    let (last, city) = (i64::try_from(*last).unwrap_or(i64::MAX), city.clone());
    Ok(db.bulk_write(move |tx| -> Result<_, store::Error> {
        runs::lock(tx, run)?;
        let reached = runs::find(tx, run)?.map_or(0, |run| run.progress);
        if last <= reached {
            return Ok(0);
        }
        if reached == 0 {
            // What a dry run thought of the lines gives way to what becomes of them.
            import_line::delete_all(tx, run)?;
        }
        let fresh = |(line, _): &&ReadLine| i64::try_from(*line).is_ok_and(|line| line > reached);
        let fresh: Vec<ReadLine> = batch.iter().filter(fresh).cloned().collect();
        let lines = book_lines(tx, &city, &fresh, (run, now))?;
        import_line::insert_all(tx, run, &lines)?;
        runs::set_progress(tx, run, last)?;
        Ok(lines.iter().filter(|line| line.fate == Fate::Booked).count() as u64)
    })?)
}

/// A line's number and what it asks for, or why it can't be read.
type ReadLine = (u64, Result<Wish, FieldError>);

/// What a line asks for.
#[derive(Clone)]
enum Wish {
    Join(Box<crate::enrol::EnrolmentForm>),
    Sign(Box<mandates::Consent>),
}

/// What turns lines into wishes.
struct Reader<'a> {
    city: &'a City,
    office: Option<&'a str>,
    now: Timestamp,
    kind: ImportKind,
}

impl Reader<'_> {
    fn read(&self, line: &Line<'_>) -> ReadLine {
        (line.number(), line.check().and_then(|()| self.wish(line)))
    }

    fn wish(&self, line: &Line<'_>) -> Result<Wish, FieldError> {
        let today = self.now.date_in_shanghai();
        match self.kind {
            ImportKind::People => {
                people::read(line, self.city, (self.office, today)).map(Wish::Join)
            }
            ImportKind::Mandates => mandates::read(line, self.city, today).map(Wish::Sign),
        }
    }
}

/// What became of a wish: its fate, and what was done or why not.
type Outcome = Result<(Fate, Text), FieldError>;

fn book_lines(
    tx: &mut Tx<'_>,
    city: &City,
    batch: &[ReadLine],
    (run, now): (RunId, Timestamp),
) -> Result<Vec<ImportLine>, store::Error> {
    let mut lines = Vec::with_capacity(batch.len());
    let cause = Cause::Run(run);
    for (line, wish) in batch {
        let outcome = match wish {
            Err(fault) => Err(fault.clone()),
            Ok(Wish::Join(form)) => people::book(tx, city, form, (cause, now))?,
            Ok(Wish::Sign(consent)) => mandates::book(tx, city, consent, (cause, now))?,
        };
        let (fate, field, words) = match outcome {
            Ok((fate, words)) => (fate, "-", words),
            Err((field, words)) => (Fate::Refused, field, words),
        };
        lines.push(ImportLine { line: *line, fate, field: field.to_owned(), words });
    }
    Ok(lines)
}
