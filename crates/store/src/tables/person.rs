//! `person`, `identity_key`, `card_key`.

use insurance::identity_number::IdentityNumber;
use insurance::ids::PersonId;
use insurance::mobile_number::MobileNumber;
use insurance::person::Person;
use insurance::social_security_card::SocialSecurityCard;
use units::Date;

use crate::{Error, Row, Tx};

/// The start of every statement that reads people.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT person_id, identity_number, name, card_number, phone, household, ",
            "notices_since, registered_on, cause_kind, cause_id FROM person ",
            $rest
        )
    };
}

/// Inserts a person whose identity number was claimed with [`claim_identity`].
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, person: &Person) -> Result<(), Error> {
    let (cause_kind, cause_id) = person.cause.parts();
    tx.execute(
        "INSERT INTO person (person_id, identity_number, name, card_number, phone, household, \
         notices_since, registered_on, cause_kind, cause_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            person.id.into(),
            person.identity.as_str().into(),
            (&person.name).into(),
            person.card.as_ref().map(SocialSecurityCard::as_str).into(),
            person.phone.as_ref().map(MobileNumber::as_str).into(),
            person.household.as_deref().into(),
            person.notices_since.into(),
            person.registered_on.into(),
            cause_kind.into(),
            cause_id.into(),
        ],
    )?;
    Ok(())
}

/// Makes an identity number belong to a person. Answers whose it is: another person's number
/// means that somebody holds it already.
///
/// # Errors
/// [`Error`] of the database.
pub fn claim_identity(
    tx: &mut Tx<'_>,
    identity: &IdentityNumber,
    person: PersonId,
) -> Result<PersonId, Error> {
    tx.execute(
        "INSERT INTO identity_key (identity_number, person_id) VALUES ($1, $2) \
         ON CONFLICT DO NOTHING",
        &[identity.as_str().into(), person.into()],
    )?;
    tx.query_one(
        "SELECT person_id FROM identity_key WHERE identity_number = $1",
        &[identity.as_str().into()],
        |row| row.id(0),
    )
}

/// Makes a social security card belong to a person. Answers whose it is.
///
/// # Errors
/// [`Error`] of the database.
pub fn claim_card(
    tx: &mut Tx<'_>,
    card: &SocialSecurityCard,
    person: PersonId,
) -> Result<PersonId, Error> {
    tx.execute(
        "INSERT INTO card_key (card_number, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[card.as_str().into(), person.into()],
    )?;
    tx.query_one(
        "SELECT person_id FROM card_key WHERE card_number = $1",
        &[card.as_str().into()],
        |row| row.id(0),
    )
}

/// The person of an identity number.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_by_identity(
    tx: &mut Tx<'_>,
    identity: &IdentityNumber,
) -> Result<Option<PersonId>, Error> {
    tx.query_opt(
        "SELECT person_id FROM identity_key WHERE identity_number = $1",
        &[identity.as_str().into()],
        |row| row.id(0),
    )
}

/// The person of a social security card.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_by_card(tx: &mut Tx<'_>, card: &SocialSecurityCard) -> Result<Option<PersonId>, Error> {
    tx.query_opt(
        "SELECT person_id FROM card_key WHERE card_number = $1",
        &[card.as_str().into()],
        |row| row.id(0),
    )
}

/// A person.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Person>, Error> {
    let sql = select!("WHERE person_id = $1");
    tx.query_opt(sql, &[person.into()], read)
}

/// A person, whose facts are locked until the transaction ends.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_locked(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Person>, Error> {
    tx.query_opt_locked(select!("WHERE person_id = $1"), &[person.into()], read)
}

/// Locks a person's facts until the transaction ends. Answers whether there is such a person.
///
/// # Errors
/// [`Error`] of the database.
pub fn lock(tx: &mut Tx<'_>, person: PersonId) -> Result<bool, Error> {
    tx.lock_row("SELECT 1 FROM person WHERE person_id = $1", &[person.into()])
}

/// How many people are registered.
///
/// # Errors
/// [`Error`] of the database.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.query_one("SELECT COUNT(*) FROM person", &[], |row| row.int(0))
}

/// The first people by number, for sample sign-ins of a sandbox.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_first(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Person>, Error> {
    let sql = select!("ORDER BY person_id LIMIT $1");
    tx.query(sql, &[limit.into()], read)
}

/// People of a name, by number: at most `limit`.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_by_name(tx: &mut Tx<'_>, name: &str, limit: i64) -> Result<Vec<Person>, Error> {
    let sql = select!("WHERE name = $1 ORDER BY person_id LIMIT $2");
    tx.query(sql, &[name.into(), limit.into()], read)
}

/// People who gave a mobile number, by number: at most `limit`.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_by_phone(
    tx: &mut Tx<'_>,
    phone: &MobileNumber,
    limit: i64,
) -> Result<Vec<Person>, Error> {
    let sql = select!("WHERE phone = $1 ORDER BY person_id LIMIT $2");
    tx.query(sql, &[phone.as_str().into(), limit.into()], read)
}

/// Sets a person's mobile number, and since when notices are sent.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_contact(
    tx: &mut Tx<'_>,
    person: PersonId,
    phone: Option<&MobileNumber>,
    notices_since: Option<Date>,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE person SET phone = $2, notices_since = $3 WHERE person_id = $1",
        &[person.into(), phone.map(MobileNumber::as_str).into(), notices_since.into()],
    )
}

/// Sets a person's social security card and household registration; the card was claimed with
/// [`claim_card`].
///
/// # Errors
/// [`Error`] of the database.
pub fn set_card_and_household(
    tx: &mut Tx<'_>,
    person: PersonId,
    card: Option<&SocialSecurityCard>,
    household: Option<&str>,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE person SET card_number = $2, household = $3 WHERE person_id = $1",
        &[person.into(), card.map(SocialSecurityCard::as_str).into(), household.into()],
    )
}

fn read(row: &Row<'_>) -> Result<Person, Error> {
    let identity = IdentityNumber::from_stored(row.text(1)?)
        .map_err(|_| Error::Corrupt { column: 1, expected: "an identity number" })?;
    let card = row.opt_text(3)?.map(SocialSecurityCard::parse).transpose();
    let phone = row.opt_text(4)?.map(MobileNumber::parse).transpose();
    Ok(Person {
        id: row.id(0)?,
        identity,
        name: row.string(2)?,
        card: card.map_err(|_| Error::Corrupt { column: 3, expected: "a card number" })?,
        phone: phone.map_err(|_| Error::Corrupt { column: 4, expected: "a mobile number" })?,
        household: row.opt_string(5)?,
        notices_since: row.opt_date(6)?,
        registered_on: row.date(7)?,
        cause: super::cause(row, 8)?,
    })
}
