//! Clerks' accounts: opening one, and checking password and second factor.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use insurance::clerk::{Clerk, RoleSet};
use insurance::ids::ClerkId;
use ring::rand::{SecureRandom, SystemRandom};
use store::Tx;
use store::tables::clerk::{self, Credentials};
use store::tables::clerk_account::{self, Account};
use units::{Date, Timestamp};

pub(crate) mod second_factor;

use super::totp;
use crate::app::App;
use crate::vault::VaultError;

/// After so many failures in a row an account is locked for a while.
const FAILURES_MAX: i64 = 5;
const LOCKED_SECONDS: i64 = 15 * 60;
pub(super) const PASSWORD_LETTERS_MIN: usize = 12;
pub(super) const SECRET_BYTES: usize = 20;
/// The hash of no password: checking it takes as long as checking a real one, so that a stranger
/// can't find out which accounts exist.
const NO_PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What an administrator says of a new account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The name to sign in with: 3 to 32 small letters, digits and `-`.
    pub account: String,
    /// The name that colleagues read.
    pub name: String,
    /// The office's code in the pack.
    pub office: String,
    /// What the clerk may do.
    pub roles: RoleSet,
}

/// Why an account can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum AccountRefusal {
    /// The name to sign in with is malformed.
    #[error("an account is named with 3 to 32 small letters, digits and hyphens")]
    AccountMustBePlain,
    /// Somebody has it.
    #[error("this account exists already; choose another name")]
    AccountMustBeNew,
    /// The office is not in the pack.
    #[error("there is no such office; the offices are in the city's pack")]
    OfficeMustExist,
    /// The password is too short.
    #[error("a password has at least 12 characters")]
    PasswordMustBeLong,
    /// The key that seals secrets.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Opens an account. Answers the secret of its second factor, in base 32, to be shown once.
///
/// # Errors
/// [`AccountRefusal`]; nothing is changed.
pub fn open(app: &App, new: NewAccount, password: &str) -> Result<String, AccountRefusal> {
    check(app, &new, password)?;
    let now = app.clock.now();
    let secret = totp::base32(&random::<SECRET_BYTES>());
    let NewAccount { account, name, office, roles } = new;
    let clerk = Clerk { id: app.city.fresh(now), account, name, office, roles };
    let credentials = Credentials {
        password_hash: hashed(password),
        totp_secret: second_factor::sealed(&app.vault, clerk.id, &secret)?,
        totp_step: 0,
        failures: 0,
        locked_until: None,
    };
    let opened = app.db.write(move |tx| -> Result<_, store::Error> {
        let opened = clerk::insert(tx, &clerk, &credentials, now)?;
        if opened == 1 {
            clerk_account::set_password(tx, clerk.id, &credentials.password_hash, Some(now))?;
        }
        Ok(opened)
    })?;
    if opened == 1 { Ok(secret) } else { Err(AccountRefusal::AccountMustBeNew) }
}

pub(super) fn check(app: &App, new: &NewAccount, password: &str) -> Result<(), AccountRefusal> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !(3..=32).contains(&new.account.len()) || !new.account.bytes().all(plain) {
        return Err(AccountRefusal::AccountMustBePlain);
    }
    let today = app.clock.today();
    let offices = app.city.pack().topics().offices.on(today, today);
    if !offices.is_ok_and(|offices| offices.value.iter().any(|o| o.code == new.office)) {
        return Err(AccountRefusal::OfficeMustExist);
    }
    if password.chars().count() < PASSWORD_LETTERS_MIN {
        return Err(AccountRefusal::PasswordMustBeLong);
    }
    Ok(())
}

/// What came of an attempt to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// It was them.
    Good(Clerk),
    /// Account, password or code is wrong; which one is not said.
    Wrong,
    /// Too many failures, or an administrator's word; until when nothing is accepted.
    Locked(Timestamp),
    /// It was them, but the password is one for once, or too old.
    MustChange(Clerk),
}

/// A password is changed after so many days.
const PASSWORD_DAYS_MAX: i64 = 90;

/// Whether an account may be used: open, its contract runs, nobody locked it.
pub(super) fn is_usable(account: &Account, now: Timestamp, today: Date) -> bool {
    account.closed_at.is_none()
        && account.expires_on.is_none_or(|last| today <= last)
        && account.locked_until.is_none_or(|until| until <= now)
}

fn password_is_fresh(account: &Account, now: Timestamp) -> bool {
    let last = account.password_set_at.map(|at| at.plus_seconds(PASSWORD_DAYS_MAX * 86_400));
    last.is_some_and(|last| now < last)
}

/// Checks account, password and code. A code counts once; failures in a row lock the account.
///
/// # Errors
/// The database's, or a secret that can't be opened.
pub(crate) async fn attempt(
    app: &App,
    account: String,
    password: String,
    code: String,
) -> anyhow::Result<Attempt> {
    let now = app.clock.now();
    let found = app.db.read_async(move |tx| clerk::find_by_account(tx, &account)).await?;
    let hash = found.as_ref().map_or(NO_PASSWORD.to_owned(), |(_, c)| c.password_hash.clone());
    let checked = tokio::task::spawn_blocking(move || verified(&hash, &password)).await;
    let Some((clerk, credentials)) = found else { return Ok(Attempt::Wrong) };
    if let Some(until) = credentials.locked_until.filter(|until| now < *until) {
        return Ok(Attempt::Locked(until));
    }
    let id = clerk.id;
    let secret = second_factor::opened(&app.vault, id, &credentials.totp_secret)?;
    let secret = totp::from_base32(&secret).unwrap_or_default();
    let step = totp::step_of(&secret, &code, now).filter(|_| checked.unwrap_or(false));
    if let Some(step) = step
        && app.db.write_async(move |tx| clerk::set_signed_in(tx, id, step)).await? == 1
    {
        seal_late(app, id, credentials.totp_secret).await?;
        let kept = app.db.read_async(move |tx| clerk_account::find(tx, id)).await?;
        let today = app.clock.today();
        let Some(kept) = kept.filter(|account| is_usable(account, now, today)) else {
            return Ok(Attempt::Wrong);
        };
        let is_fresh = password_is_fresh(&kept, now);
        return Ok(if is_fresh { Attempt::Good(clerk) } else { Attempt::MustChange(clerk) });
    }
    let failures = credentials.failures + 1;
    let locked = (failures >= FAILURES_MAX).then(|| now.plus_seconds(LOCKED_SECONDS));
    let count = if locked.is_some() { 0 } else { failures };
    app.db.write_async(move |tx| clerk::set_failed(tx, id, count, locked)).await?;
    Ok(locked.map_or(Attempt::Wrong, Attempt::Locked))
}

/// Seals a secret that was kept before secrets were sealed. Without a key it stays as it is.
async fn seal_late(app: &App, id: ClerkId, kept: String) -> Result<(), store::Error> {
    if let Ok(Some(sealed)) = second_factor::sealed_late(&app.vault, id, &kept) {
        let write =
            move |tx: &mut Tx<'_>| clerk_account::replace_second_factor(tx, id, (&kept, &sealed));
        app.db.write_async(write).await?;
    }
    Ok(())
}

pub(super) fn hashed(password: &str) -> String {
    let salt = SaltString::encode_b64(&random::<16>()).expect("16 bytes make a salt");
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .expect("argon2id takes any password of a form's size")
        .to_string()
}

fn verified(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// The code that an authenticator app shows for a secret at this moment, to prove a new account.
#[must_use]
pub fn code_now(app: &App, secret: &str) -> String {
    totp::code(&totp::from_base32(secret).unwrap_or_default(), app.clock.now())
}
