//! A line of a file of mandates: somebody who is registered lets a bank debit their account.

use insurance::cause::Cause;
use insurance::identity_number::IdentityNumber;
use policy::Text;
use store::Tx;
use store::tables::import_line::Fate;
use store::tables::{mandate, person};
use units::{Date, Timestamp};

use super::Outcome;
use super::column::{self, Column, Need, Shape};
use super::fields;
use super::table::{FieldError, Line};
use crate::city::City;
use crate::enrol::MandateForm;
use crate::withholding::change_mandate::{MandateRefusal, sign_mandate};

/// The columns of a file of mandates.
pub(super) const COLUMNS: &[Column] = &[
    column::IDENTITY_NUMBER,
    column::NAME,
    Column {
        word: "bank",
        title: "代扣银行",
        need: Need::Required,
        shape: Shape::Words,
        hint: Text::fixed("银行代码或全称", "the bank's code or full name"),
        example: "ccb",
    },
    Column {
        word: "account_number",
        title: "银行账号",
        need: Need::Required,
        shape: Shape::Digits,
        hint: Text::fixed("文本格式", "formatted as text"),
        example: "6217001234567890122",
    },
    column::HOLDER,
    column::SIGNED_ON,
];

/// What a line asks for.
#[derive(Clone)]
pub(super) struct Consent {
    identity: IdentityNumber,
    name: String,
    form: MandateForm,
}

/// Reads a line.
pub(super) fn read(line: &Line<'_>, city: &City, today: Date) -> Result<Box<Consent>, FieldError> {
    let name = fields::name(line)?;
    let form = fields::mandate(line, city, (&name, today))?;
    Ok(Box::new(Consent { identity: fields::identity(line, today)?, name, form }))
}

/// Signs the mandate; it replaces the live one.
///
/// # Errors
/// The database's.
pub(super) fn book(
    tx: &mut Tx<'_>,
    city: &City,
    consent: &Consent,
    (cause, now): (Cause, Timestamp),
) -> Result<Outcome, store::Error> {
    let Some(id) = person::find_by_identity(tx, &consent.identity)? else {
        return Ok(Err(("identity_number", person_must_be_registered())));
    };
    if person::find(tx, id)?.is_none_or(|person| person.name != consent.name) {
        return Ok(Err(("name", fields::name_must_match())));
    }
    let live = mandate::find_live(tx, id)?;
    let form = &consent.form;
    let same = live.as_ref().is_some_and(|live| {
        (&live.bank, &live.account_number, &live.holder)
            == (&form.bank, &form.account_number, &form.holder)
    });
    if same {
        return Ok(Ok((Fate::Unchanged, Text::fixed("已签同样的委托", "signed already"))));
    }
    Ok(match sign_mandate(tx, city, (id, form), cause, now) {
        Ok(_) if live.is_some() => {
            Ok((Fate::Booked, Text::fixed("换签：替换原委托", "replaces the mandate before")))
        }
        Ok(_) => Ok((Fate::Booked, Text::fixed("新签委托", "signed"))),
        Err(MandateRefusal::Store(error)) => return Err(error),
        Err(refusal) => Err((field_of(&refusal), refusal.message())),
    })
}

fn person_must_be_registered() -> Text {
    Text::fixed(
        "没有登记这个号码，请先办理参保登记。",
        "Nobody is registered under this number; register the person first.",
    )
}

/// The column that a refusal is about.
pub(super) const fn field_of(refusal: &MandateRefusal) -> &'static str {
    match refusal {
        MandateRefusal::PersonMustBeRegistered => "identity_number",
        MandateRefusal::BankMustWithhold(_) => "bank",
        MandateRefusal::AccountMustBeANumber => "account_number",
        MandateRefusal::HolderMustBeNamed => "holder",
        MandateRefusal::SignatureMustNotBeLater { .. } => "signed_on",
        MandateRefusal::NotEncoded(_)
        | MandateRefusal::MandateMustBeLive
        | MandateRefusal::Store(_) => "-",
    }
}
