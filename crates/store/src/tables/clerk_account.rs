//! `clerk`, `session`: what administrators do with accounts.

use insurance::clerk::{Clerk, RoleSet};
use insurance::ids::ClerkId;
use units::{Date, Timestamp};

use crate::{Error, Row, Tx};

/// An account as administrators see it, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Name, office, roles.
    pub clerk: Clerk,
    /// 工号 of whoever works with it.
    pub staff_number: Option<String>,
    /// Until when no attempt to sign in is accepted.
    pub locked_until: Option<Timestamp>,
    /// When the clerk set the password; `None` while it is one for once.
    pub password_set_at: Option<Timestamp>,
    /// The last day of a contract.
    pub expires_on: Option<Date>,
    /// The last sign-in.
    pub signed_in_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// A browser in which a clerk is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// The hash of its secret.
    pub hash: String,
    /// Since when.
    pub started_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
}

/// The start of every statement that reads accounts.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.clerk_id, c.account, c.name, c.office, c.roles, (SELECT s.staff_number ",
            "FROM clerk_staff s WHERE s.clerk_id = c.clerk_id ORDER BY s.bound_at DESC LIMIT 1), ",
            "c.locked_until, c.password_set_at, c.expires_on, c.signed_in_at, c.closed_at ",
            "FROM clerk c ",
            $rest
        )
    };
}

/// An account, open or closed.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, clerk: ClerkId) -> Result<Option<Account>, Error> {
    tx.query_opt(select!("WHERE c.clerk_id = $1"), &[clerk.into()], read)
}

/// Every account, open ones first, by office and name.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Account>, Error> {
    let sql =
        select!("ORDER BY CASE WHEN c.closed_at IS NULL THEN 0 ELSE 1 END, c.office, c.account");
    tx.query(sql, &[], read)
}

/// The open accounts of a staff number. The caller holds [`lock_all`].
///
/// # Errors
/// [`Error`] of the database.
pub fn list_of_staff(tx: &mut Tx<'_>, staff_number: &str) -> Result<Vec<Account>, Error> {
    let accounts = list(tx)?.into_iter();
    Ok(accounts
        .filter(|account| account.closed_at.is_none())
        .filter(|account| account.staff_number.as_deref() == Some(staff_number))
        .collect())
}

/// Makes administrators take turns, so that two of them do not give one person two accounts.
///
/// # Errors
/// [`Error`] of the database.
pub fn lock_all(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO audit_chain (office, events, head) VALUES ('', 0, '') ON CONFLICT DO NOTHING",
        &[],
    )?;
    tx.lock_row("SELECT 1 FROM audit_chain WHERE office = ''", &[])?;
    Ok(())
}

/// Changes office, roles and the last day.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_duties(
    tx: &mut Tx<'_>,
    clerk: ClerkId,
    (office, roles): (&str, RoleSet),
    expires_on: Option<Date>,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE clerk SET office = $2, roles = $3, expires_on = $4 WHERE clerk_id = $1",
        &[clerk.into(), office.into(), roles.bits().into(), expires_on.into()],
    )
}

/// Sets until when no attempt to sign in is accepted; `None` unlocks.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_locked(tx: &mut Tx<'_>, clerk: ClerkId, until: Option<Timestamp>) -> Result<u64, Error> {
    tx.execute(
        "UPDATE clerk SET locked_until = $2, failures = 0 WHERE clerk_id = $1",
        &[clerk.into(), until.into()],
    )
}

/// Sets a password; `None` as its moment makes it one for once.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_password(
    tx: &mut Tx<'_>,
    clerk: ClerkId,
    password_hash: &str,
    set_at: Option<Timestamp>,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE clerk SET password_hash = $2, password_set_at = $3, failures = 0 \
         WHERE clerk_id = $1",
        &[clerk.into(), password_hash.into(), set_at.map_or(0, Timestamp::micros).into()],
    )
}

/// Sets the secret of the second factor.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_second_factor(tx: &mut Tx<'_>, clerk: ClerkId, secret: &str) -> Result<u64, Error> {
    tx.execute(
        "UPDATE clerk SET totp_secret = $2, totp_step = 0 WHERE clerk_id = $1",
        &[clerk.into(), secret.into()],
    )
}

/// What is kept of every second factor; accounts without one are left out.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_second_factors(tx: &mut Tx<'_>) -> Result<Vec<(ClerkId, String)>, Error> {
    tx.query(
        "SELECT clerk_id, totp_secret FROM clerk WHERE totp_secret <> '' ORDER BY clerk_id",
        &[],
        |row| Ok((row.id(0)?, row.string(1)?)),
    )
}

/// Keeps the same second factor in another form, if it is still the one that was read. A code that was
/// used stays used.
///
/// # Errors
/// [`Error`] of the database.
pub fn replace_second_factor(
    tx: &mut Tx<'_>,
    clerk: ClerkId,
    (read, fresh): (&str, &str),
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE clerk SET totp_secret = $3 WHERE clerk_id = $1 AND totp_secret = $2",
        &[clerk.into(), read.into(), fresh.into()],
    )
}

/// Closes an account; it is never opened again.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_closed(tx: &mut Tx<'_>, clerk: ClerkId, closed_at: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE clerk SET closed_at = $2 WHERE clerk_id = $1 AND closed_at IS NULL",
        &[clerk.into(), closed_at.into()],
    )
}

/// Notes a sign-in.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_signed_in_at(tx: &mut Tx<'_>, clerk: ClerkId, now: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE clerk SET signed_in_at = $2 WHERE clerk_id = $1",
        &[clerk.into(), now.into()],
    )
}

/// The browsers in which a clerk is signed in and that were used since `since`.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_sessions(
    tx: &mut Tx<'_>,
    clerk: ClerkId,
    since: Timestamp,
) -> Result<Vec<OpenSession>, Error> {
    tx.query(
        "SELECT session_hash, started_at, seen_at FROM session WHERE actor_kind = 2 \
         AND actor_id = $1 AND ended_at IS NULL AND seen_at > $2 ORDER BY started_at DESC",
        &[clerk.into(), since.into()],
        |row| {
            Ok(OpenSession {
                hash: row.string(0)?,
                started_at: row.timestamp(1)?,
                seen_at: row.timestamp(2)?,
            })
        },
    )
}

/// Signs a clerk out everywhere. Answers how many sessions ended.
///
/// # Errors
/// [`Error`] of the database.
pub fn end_sessions(tx: &mut Tx<'_>, clerk: ClerkId, ended_at: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE session SET ended_at = $2 WHERE actor_kind = 2 AND actor_id = $1 \
         AND ended_at IS NULL",
        &[clerk.into(), ended_at.into()],
    )
}

fn read(row: &Row<'_>) -> Result<Account, Error> {
    let corrupt = Error::Corrupt { column: 4, expected: "a set of roles" };
    let set_at = row.timestamp(7)?;
    Ok(Account {
        clerk: Clerk {
            id: row.id(0)?,
            account: row.string(1)?,
            name: row.string(2)?,
            office: row.string(3)?,
            roles: RoleSet::from_bits(row.int(4)?).ok_or(corrupt)?,
        },
        staff_number: row.opt_string(5)?,
        locked_until: row.opt_timestamp(6)?,
        password_set_at: (set_at.micros() != 0).then_some(set_at),
        expires_on: row.opt_date(8)?,
        signed_in_at: row.opt_timestamp(9)?,
        closed_at: row.opt_timestamp(10)?,
    })
}
