//! `clerk`: accounts of the desk.

use insurance::clerk::{Clerk, RoleSet};
use insurance::ids::ClerkId;
use units::Timestamp;

use crate::{Error, Row, Tx};

/// What sign-in needs beside the account. Its `Debug` hides everything.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The argon2id hash of the password, as a PHC string.
    pub password_hash: String,
    /// The secret of the second factor, in base 32.
    pub totp_secret: String,
    /// The last time step whose code was used.
    pub totp_step: i64,
    /// Failed attempts since the last success.
    pub failures: i64,
    /// Until when no attempt is accepted.
    pub locked_until: Option<Timestamp>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// Opens an account. Answers 0 when the account's name is taken.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    clerk: &Clerk,
    credentials: &Credentials,
    created_at: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO clerk (clerk_id, account, name, office, roles, password_hash, totp_secret, \
         totp_step, failures, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8) \
         ON CONFLICT DO NOTHING",
        &[
            clerk.id.into(),
            (&clerk.account).into(),
            (&clerk.name).into(),
            (&clerk.office).into(),
            clerk.roles.bits().into(),
            (&credentials.password_hash).into(),
            (&credentials.totp_secret).into(),
            created_at.into(),
        ],
    )
}

/// An account that is open.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, clerk: ClerkId) -> Result<Option<Clerk>, Error> {
    tx.query_opt(
        "SELECT clerk_id, account, name, office, roles FROM clerk \
         WHERE clerk_id = $1 AND closed_at IS NULL",
        &[clerk.into()],
        read,
    )
}

/// An open account by its name, with what sign-in needs.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_by_account(
    tx: &mut Tx<'_>,
    account: &str,
) -> Result<Option<(Clerk, Credentials)>, Error> {
    tx.query_opt(
        "SELECT clerk_id, account, name, office, roles, password_hash, totp_secret, totp_step, \
         failures, locked_until FROM clerk WHERE account = $1 AND closed_at IS NULL",
        &[account.into()],
        |row| {
            let credentials = Credentials {
                password_hash: row.string(5)?,
                totp_secret: row.string(6)?,
                totp_step: row.int(7)?,
                failures: row.int(8)?,
                locked_until: row.opt_timestamp(9)?,
            };
            Ok((read(row)?, credentials))
        },
    )
}

/// Every open account, by office and name.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Clerk>, Error> {
    tx.query(
        "SELECT clerk_id, account, name, office, roles FROM clerk WHERE closed_at IS NULL \
         ORDER BY office, account",
        &[],
        read,
    )
}

/// Records a successful sign-in: the code's time step is used up, failures are forgotten.
/// Answers 0 when the step was used already.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_signed_in(tx: &mut Tx<'_>, clerk: ClerkId, totp_step: i64) -> Result<u64, Error> {
    tx.execute(
        "UPDATE clerk SET totp_step = $2, failures = 0, locked_until = NULL \
         WHERE clerk_id = $1 AND totp_step < $2",
        &[clerk.into(), totp_step.into()],
    )
}

/// Records a failed sign-in.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_failed(
    tx: &mut Tx<'_>,
    clerk: ClerkId,
    failures: i64,
    locked_until: Option<Timestamp>,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE clerk SET failures = $2, locked_until = $3 WHERE clerk_id = $1",
        &[clerk.into(), failures.into(), locked_until.into()],
    )
}

fn read(row: &Row<'_>) -> Result<Clerk, Error> {
    let corrupt = Error::Corrupt { column: 4, expected: "a set of roles" };
    Ok(Clerk {
        id: row.id(0)?,
        account: row.string(1)?,
        name: row.string(2)?,
        office: row.string(3)?,
        roles: RoleSet::from_bits(row.int(4)?).ok_or(corrupt)?,
    })
}
