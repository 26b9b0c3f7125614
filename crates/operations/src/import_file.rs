//! 批量导入: files of people, of mandates, of what employers declared and paid. One operation stands
//! behind the desk's page and the command line.
//!
//! Good lines are booked, refused ones are listed with their column and reason. A file is known by
//! its content: handed in again it changes nothing, and one that ended half-way is gone on with. A
//! dry run books every line in one transaction, keeps what became of it, and undoes the lines.
//!
//! Files in reading order: `kind` what files there are, [`mod@column`] what a header may name, `table` lines whatever the format
//! (`delimited`, `workbook`), `people`, `mandates`, `employer_months` what a line means, `fields`
//! the words of cells, `unreadable` why a whole file is refused.

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
mod employer_months;
mod fields;
mod kind;
mod mandates;
mod people;
mod table;
mod unreadable;
mod workbook;

pub use self::kind::ImportKind;
pub use self::table::Input;
pub use self::unreadable::ImportError;

/// How many lines one transaction books.
const LINES_PER_BATCH: usize = 2_000;
/// How many lines a dry run tries in its one transaction.
const DRY_LINES_MAX: usize = 20_000;

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
    Declare(Box<employer_months::Declared>),
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
            ImportKind::EmployerMonths => employer_months::read(line, today).map(Wish::Declare),
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
            Ok(Wish::Declare(month)) => employer_months::book(tx, city, month, (run, now))?,
        };
        let (fate, field, words) = match outcome {
            Ok((fate, words)) => (fate, "-", words),
            Err((field, words)) => (Fate::Refused, field, words),
        };
        lines.push(ImportLine { line: *line, fate, field: field.to_owned(), words });
    }
    Ok(lines)
}
