//! Import of people from a CSV file: good lines are booked, refused lines are listed with their
//! number, field and reason, and the same file again changes nothing.

use std::io::Read;

use insurance::bank_card::BankCard;
use insurance::cause::Cause;
use insurance::identity_number::IdentityNumber;
use insurance::ids::RunId;
use insurance::mobile_number::MobileNumber;
use insurance::social_security_card::SocialSecurityCard;
use policy::{Branch, BranchSet};
use store::tables::run as runs;
use store::{Db, Tx};
use units::{Date, Fen, Month, Timestamp};

use crate::city::City;
use crate::enrol::{EnrolRefusal, EnrolmentForm, MandateForm, enrol};
use crate::run::{self, Job, Progress};

/// How many lines one transaction books.
const LINES_PER_BATCH: usize = 2_000;

/// The columns, in any order; those of `OPTIONAL_COLUMNS` may be missing or empty.
pub const COLUMNS: [&str; 6] = ["identity_number", "name", "office", "branches", "base", "from"];
/// Columns that may be missing or empty.
pub const OPTIONAL_COLUMNS: [&str; 7] =
    ["card_number", "phone", "household", "bank", "account_number", "holder", "signed_on"];

/// A line that was not booked. It names the field, never what stood in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedLine {
    /// The line in the file, 1 for the header.
    pub line: u64,
    /// The column, or `-` where the whole line is meant.
    pub field: &'static str,
    /// Why, and what to do.
    pub reason: String,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Lines booked by this run.
    pub booked: u64,
    /// Lines that were refused, in order.
    pub refused: Vec<RefusedLine>,
    /// Lines that an earlier run of the same file had booked.
    pub booked_before: u64,
}

/// Why a file can't be imported at all; nothing is changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A column is missing.
    #[error("the file has no column {0:?}; its first line must name the columns")]
    ColumnMustBeThere(&'static str),
    /// It is no CSV in UTF-8.
    #[error("line {line} can't be read as comma-separated UTF-8 text")]
    FileMustBeCsv {
        /// The line.
        line: u64,
    },
    /// It can't be read.
    #[error("the file can't be read")]
    Input(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Imports a file. `digest` names its content: the same content is imported once.
///
/// # Errors
/// [`ImportError`]; lines booked before it stay, and running again goes on behind them.
pub fn import_people(
    db: &Db,
    city: &City,
    (input, digest, actor): (impl Read, &str, &str),
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<Imported, ImportError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
    let columns = Columns::of(reader.headers().map_err(|error| unreadable(&error))?)?;
    let job = Job { kind: "import_people", subject: digest, actor };
    let run = run::begin(db, city, job, now)?;
    let mut done = Imported::default();
    let mut batch = Vec::with_capacity(LINES_PER_BATCH);
    let today = now.date_in_shanghai();
    let mut line = 1;
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        line = record.position().map_or(line + 1, csv::Position::line);
        let parsed = columns.form(&record, today).map_err(|(field, reason)| RefusedLine {
            line,
            field,
            reason,
        });
        batch.push((line, parsed));
        if batch.len() == LINES_PER_BATCH {
            book(db, city, (run.id, now), std::mem::take(&mut batch), &mut done)?;
            progress(done.booked + done.booked_before, 0);
        }
    }
    book(db, city, (run.id, now), batch, &mut done)?;
    progress(done.booked + done.booked_before, 0);
    let outcome = format!("{} booked, {} refused", done.booked, done.refused.len());
    if run.finished_at.is_none() {
        run::end(db, run.id, outcome, now)?;
    }
    Ok(done)
}

type Parsed = (u64, Result<Box<EnrolmentForm>, RefusedLine>);

/// What one transaction answers for each good line.
type Answer = (u64, Result<Booked, RefusedLine>);

enum Booked {
    Now,
    Before,
}

fn book(
    db: &Db,
    city: &City,
    (run, now): (RunId, Timestamp),
    batch: Vec<Parsed>,
    done: &mut Imported,
) -> Result<(), ImportError> {
    let Some((last, _)) = batch.last() else { return Ok(()) };
    let (last, city) = (i64::try_from(*last).unwrap_or(i64::MAX), city.clone());
    let answers: Vec<Answer> = db.bulk_write(move |tx| {
        // Lines up to `reached` were booked or refused by an earlier run of the same file.
        let reached = runs::find(tx, run)?.map_or(0, |run| run.progress);
        let answers = book_lines(tx, &city, &batch, (reached, run), now)?;
        if last > reached {
            runs::set_progress(tx, run, last)?;
        }
        Ok::<_, store::Error>(answers)
    })?;
    for (_, answer) in answers {
        match answer {
            Ok(Booked::Now) => done.booked += 1,
            Ok(Booked::Before) => done.booked_before += 1,
            Err(refused) => done.refused.push(refused),
        }
    }
    Ok(())
}

fn book_lines(
    tx: &mut Tx<'_>,
    city: &City,
    batch: &[Parsed],
    (reached, run): (i64, RunId),
    now: Timestamp,
) -> Result<Vec<Answer>, store::Error> {
    let mut answers = Vec::with_capacity(batch.len());
    for (line, parsed) in batch {
        let seen = i64::try_from(*line).is_ok_and(|line| line <= reached);
        let answer = match parsed {
            Err(refused) => Err(refused.clone()),
            Ok(form) if seen => before(tx, form, run, *line)?,
            Ok(form) => match enrol(tx, city, form, Cause::Run(run), now) {
                Ok(_) => Ok(Booked::Now),
                Err(EnrolRefusal::Store(error)) => return Err(error),
                Err(refusal) => Err(refused(*line, &refusal)),
            },
        };
        answers.push((*line, answer));
    }
    Ok(answers)
}

/// What an earlier run of the file made of a line: booked if the person's registration or
/// enrolment names that run, else refused then.
fn before(
    tx: &mut Tx<'_>,
    form: &EnrolmentForm,
    run: RunId,
    line: u64,
) -> Result<Result<Booked, RefusedLine>, store::Error> {
    let person = store::tables::person::find_by_identity(tx, &form.identity)?;
    let spans = match person {
        Some(person) => store::tables::enrolment::list(tx, person)?,
        None => Vec::new(),
    };
    let booked = spans.iter().any(|span| span.cause == Cause::Run(run));
    let reason = "refused when the file was first imported".to_owned();
    Ok(if booked { Ok(Booked::Before) } else { Err(RefusedLine { line, field: "-", reason }) })
}

fn refused(line: u64, refusal: &EnrolRefusal) -> RefusedLine {
    let field = match refusal {
        EnrolRefusal::PersonMustNotBeInsured { .. } => "identity_number",
        EnrolRefusal::CardMustBeTheirs => "card_number",
        EnrolRefusal::OfficeMustExist(_) => "office",
        EnrolRefusal::BankMustWithhold(_) => "bank",
        EnrolRefusal::NameMustBeGiven => "name",
        EnrolRefusal::NotEncoded(_) => "from",
        EnrolRefusal::Law(refusal) => match refusal {
            policy::Refusal::MustBeEncoded(_) => "from",
            policy::Refusal::BranchMustBeOpen(_)
            | policy::Refusal::ChoiceMustNotBeEmpty
            | policy::Refusal::BranchMustBeChosenTogether { .. } => "branches",
            policy::Refusal::BaseMustReachFloor { .. }
            | policy::Refusal::BaseMustNotExceedCap { .. }
            | policy::Refusal::BaseMustBeTier { .. } => "base",
        },
        EnrolRefusal::Store(_) => "-",
    };
    RefusedLine { line, field, reason: refusal.to_string() }
}

fn unreadable(error: &csv::Error) -> ImportError {
    ImportError::FileMustBeCsv { line: error.position().map_or(0, csv::Position::line) }
}

/// Where each column stands.
struct Columns {
    required: [usize; COLUMNS.len()],
    optional: [Option<usize>; OPTIONAL_COLUMNS.len()],
}

type FieldError = (&'static str, String);

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, ImportError> {
        let place = |name: &str| {
            header.iter().position(|column| column.trim_start_matches('\u{feff}') == name)
        };
        let mut required = [0; COLUMNS.len()];
        for (slot, name) in required.iter_mut().zip(COLUMNS) {
            *slot = place(name).ok_or(ImportError::ColumnMustBeThere(name))?;
        }
        Ok(Self { required, optional: OPTIONAL_COLUMNS.map(place) })
    }

    fn form(
        &self,
        record: &csv::StringRecord,
        today: Date,
    ) -> Result<Box<EnrolmentForm>, FieldError> {
        let [identity, name, office, branches, base, from] =
            self.required.map(|column| record.get(column).unwrap_or_default());
        let [card, phone, household, bank, account, holder, signed] = self
            .optional
            .map(|column| column.and_then(|c| record.get(c)).filter(|text| !text.is_empty()));
        let mandate = match bank {
            None => None,
            Some(bank) => Some(MandateForm {
                bank: bank.to_owned(),
                account_number: field("account_number", BankCard::parse(account.unwrap_or("")))?
                    .as_str()
                    .to_owned(),
                holder: holder.unwrap_or(name).to_owned(),
                signed_on: signed.map_or(Ok(today), |day| field("signed_on", day.parse()))?,
            }),
        };
        Ok(Box::new(EnrolmentForm {
            identity: field("identity_number", IdentityNumber::parse(identity, today))?,
            name: name.to_owned(),
            card: card.map(|c| field("card_number", SocialSecurityCard::parse(c))).transpose()?,
            phone: phone.map(|p| field("phone", MobileNumber::parse(p))).transpose()?,
            household: household.map(str::to_owned),
            office: office.to_owned(),
            branches: branches_of(branches)?,
            base: field("base", base.parse::<Fen>())?,
            from: field("from", from.parse::<Month>())?,
            mandate,
        }))
    }
}

fn field<T, E: std::fmt::Display>(
    name: &'static str,
    parsed: Result<T, E>,
) -> Result<T, FieldError> {
    parsed.map_err(|error| (name, error.to_string()))
}

/// `pension+medical+unemployment`, in any order.
fn branches_of(text: &str) -> Result<BranchSet, FieldError> {
    text.split('+')
        .map(|word| Branch::ALL.into_iter().find(|branch| branch.word() == word.trim()))
        .collect::<Option<BranchSet>>()
        .ok_or_else(|| {
            let words = "insurances are written pension+medical+unemployment".to_owned();
            ("branches", words)
        })
}
