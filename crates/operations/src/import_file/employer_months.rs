//! A line of an employer's file: a month that an employer declared for a person, and whether its
//! contribution arrived. Somebody whom the city does not know yet is registered, without insurance of
//! their own, so that nobody takes them on for the same month later.

use insurance::cause::Cause;
use insurance::credit_code::CreditCode;
use insurance::identity_number::IdentityNumber;
use insurance::ids::{PersonId, RunId};
use insurance::person::Person;
use policy::{BranchSet, Text};
use store::Tx;
use store::tables::employer_month::{self, EmployerMonth};
use store::tables::import_line::Fate;
use store::tables::{enrolment, person};
use units::{Date, Fen, Month, Timestamp};

use super::Outcome;
use super::column::{self, Column, Need, Shape};
use super::fields;
use super::table::{FieldError, Line};
use crate::city::City;

/// The columns of an employer's file.
pub(super) const COLUMNS: &[Column] = &[
    column::IDENTITY_NUMBER,
    column::NAME,
    Column {
        word: "employer",
        title: "统一社会信用代码",
        need: Need::Required,
        shape: Shape::Digits,
        hint: Text::fixed("18位，文本格式", "18 characters, formatted as text"),
        example: "91350100M000100Y43",
    },
    Column {
        word: "employer_name",
        title: "单位名称",
        need: Need::Required,
        shape: Shape::Words,
        hint: Text::fixed("1至100个字", "1 to 100 letters"),
        example: "示例有限公司",
    },
    Column {
        word: "month",
        title: "费款所属期",
        need: Need::Required,
        shape: Shape::Words,
        hint: Text::fixed("如2026-11", "like 2026-11"),
        example: "2026-10",
    },
    column::BRANCHES,
    column::BASE,
    Column {
        word: "paid_on",
        title: "到账日期",
        need: Need::Optional,
        shape: Shape::Words,
        hint: Text::fixed("只申报未缴的不填", "empty while it is only declared"),
        example: "2026-11-12",
    },
];

/// What a line says.
#[derive(Clone)]
pub(super) struct Declared {
    identity: IdentityNumber,
    name: String,
    employer: String,
    employer_name: String,
    month: Month,
    branches: BranchSet,
    base: Fen,
    paid_on: Option<Date>,
}

/// Reads a line.
pub(super) fn read(line: &Line<'_>, today: Date) -> Result<Box<Declared>, FieldError> {
    let paid_on = line.find("paid_on")?.map(fields::day).transpose();
    let paid_on = paid_on.map_err(|words| ("paid_on", words))?;
    if paid_on.is_some_and(|day| day > today) {
        let words =
            Text::fixed("到账日期不能晚于今天。", "Money can't have arrived later than today.");
        return Err(("paid_on", words));
    }
    let month = line.parse("month", fields::month)?;
    if month > today.month().next() {
        let words =
            Text::fixed("费款所属期不能晚于下个月。", "The month can't lie beyond the next one.");
        return Err(("month", words));
    }
    Ok(Box::new(Declared {
        identity: fields::identity(line, today)?,
        name: fields::name(line)?,
        employer: line.parse("employer", employer_of)?,
        employer_name: line.parse("employer_name", |text| {
            let sound = (1..=100).contains(&text.chars().count());
            sound.then(|| text.to_owned()).ok_or_else(|| {
                Text::fixed("单位名称应为1至100个字。", "An employer's name has 1 to 100 letters.")
            })
        })?,
        month,
        branches: line.parse("branches", fields::branches)?,
        base: line.parse("base", fields::yuan)?,
        paid_on,
    }))
}

fn employer_of(text: &str) -> Result<String, Text> {
    CreditCode::parse(text).map(|code| code.as_str().to_owned()).map_err(|refusal| {
        Text::made("统一社会信用代码不对：应为18位，请核对营业执照。", refusal.to_string())
    })
}

/// Keeps the month; a later line replaces an earlier one of the same employer.
///
/// # Errors
/// The database's.
pub(super) fn book(
    tx: &mut Tx<'_>,
    city: &City,
    declared: &Declared,
    (run, now): (RunId, Timestamp),
) -> Result<Outcome, store::Error> {
    let id = match person::find_by_identity(tx, &declared.identity)? {
        Some(id) if person::find(tx, id)?.is_some_and(|known| known.name == declared.name) => id,
        Some(_) => return Ok(Err(("name", fields::name_must_match()))),
        None => register(tx, city, declared, (run, now))?,
    };
    person::lock(tx, id)?;
    let month = EmployerMonth {
        person: id,
        month: declared.month,
        employer: declared.employer.clone(),
        employer_name: declared.employer_name.clone(),
        branches: declared.branches,
        base: declared.base,
        paid_on: declared.paid_on,
        run,
    };
    let known = employer_month::list(tx, id)?;
    let known =
        known.iter().find(|known| (known.month, &known.employer) == (month.month, &month.employer));
    if known.is_some_and(|known| EmployerMonth { run, ..known.clone() } == month) {
        return Ok(Ok((
            Fate::Unchanged,
            Text::fixed("已有同样的申报", "declared like this already"),
        )));
    }
    employer_month::set_declared(tx, &month)?;
    let words = words(known.is_some(), month.paid_on.is_some(), is_insured_twice(tx, &month)?);
    Ok(Ok((Fate::Booked, words)))
}

/// Whether the person is insured for themself in a branch of the same month.
fn is_insured_twice(tx: &mut Tx<'_>, month: &EmployerMonth) -> Result<bool, store::Error> {
    let spans = enrolment::list(tx, month.person)?;
    let covers = |span: &insurance::enrolment::Enrolment| {
        span.covers(month.month) && span.branches.iter().any(|b| month.branches.contains(b))
    };
    Ok(spans.iter().any(covers))
}

fn words(is_correction: bool, is_paid: bool, is_twice: bool) -> Text {
    let (zh, en) = match (is_correction, is_paid) {
        (false, true) => ("单位已申报并缴费", "declared and paid by the employer"),
        (false, false) => ("单位已申报，未缴费", "declared by the employer, not paid"),
        (true, true) => ("更正原申报，已缴费", "corrects what was declared; paid"),
        (true, false) => ("更正原申报，未缴费", "corrects what was declared; not paid"),
    };
    if !is_twice {
        return Text::fixed(zh, en);
    }
    Text::made(
        format!("{zh}。注意：此人该月另有灵活就业参保，请联系本人停保。"),
        format!("{en}. Note: this person is insured for themself in the month; ask them to stop."),
    )
}

fn register(
    tx: &mut Tx<'_>,
    city: &City,
    declared: &Declared,
    (run, now): (RunId, Timestamp),
) -> Result<PersonId, store::Error> {
    let id: PersonId = city.fresh(now);
    let owner = person::claim_identity(tx, &declared.identity, id)?;
    if owner == id {
        let fresh = Person {
            id,
            identity: declared.identity.clone(),
            name: declared.name.clone(),
            card: None,
            phone: None,
            household: None,
            notices_since: None,
            registered_on: now.date_in_shanghai(),
            cause: Cause::Run(run),
        };
        person::insert(tx, &fresh)?;
    }
    Ok(owner)
}
