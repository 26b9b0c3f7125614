//! What an administrator may do with accounts, and what nobody may: hold roles that must be
//! separate, have two accounts, change one's own duties, or leave the city without an administrator.

use insurance::clerk::{Clerk, Role, RoleSet, RolesMustBeSeparate};
use insurance::ids::{ClerkId, TaskId};
use policy::Text;
use store::Tx;
use store::tables::audit_event::{self, AuditEvent};
use store::tables::clerk::{self, Credentials};
use store::tables::clerk_account::{self, Account};
use store::tables::clerk_staff;
use units::{Date, Timestamp};

use crate::app::App;
use crate::console::account::{
    AccountRefusal, NewAccount, SECRET_BYTES, check, hashed, random, second_factor,
};
use crate::console::{role_words, totp};
use crate::vault::VaultError;

/// Bytes of a password for once: 20 letters of base 32.
const PASSWORD_BYTES: usize = 12;

/// Who keeps accounts: an administrator, or the operator on the command line.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    /// Their account, or the operating system's name.
    pub(crate) name: String,
    /// Their office; empty on the command line.
    pub(crate) office: String,
    /// Their own account's number.
    pub(crate) clerk: Option<ClerkId>,
}

/// What is shown once to whoever opens or resets an account, and kept nowhere.
pub(crate) struct Secrets {
    /// For the first sign-in, where it is changed.
    pub(crate) password: String,
    /// The second factor's secret, for an authenticator app.
    pub(crate) second_factor: String,
}

/// What a clerk's contract says beside the account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contract {
    /// 工号.
    pub(crate) staff_number: String,
    /// The last day; without one it does not end.
    pub(crate) expires_on: Option<Date>,
}

/// Why it can't be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeepingRefusal {
    #[error(transparent)]
    Account(#[from] AccountRefusal),
    #[error(transparent)]
    Roles(#[from] RolesMustBeSeparate),
    #[error("choose at least one role")]
    RolesMustBeGiven,
    #[error("a staff number has 1 to 20 letters or digits")]
    StaffNumberMustBeGiven,
    #[error("this staff number has an open account already; one person has one account")]
    StaffMustHaveOneAccount,
    #[error("nobody changes their own account's duties; another administrator does")]
    DutiesMustBeAnothers,
    #[error("the last administrator must stay; open another one's account first")]
    LastAdministratorMustStay,
    #[error("there is no such open account")]
    AccountMustBeOpen,
}

impl From<VaultError> for KeepingRefusal {
    fn from(error: VaultError) -> Self {
        Self::Account(error.into())
    }
}

impl From<store::Error> for KeepingRefusal {
    fn from(error: store::Error) -> Self {
        Self::Account(error.into())
    }
}

impl KeepingRefusal {
    /// The field at fault, and what the administrator reads.
    pub(crate) fn at_field(&self) -> (&'static str, Text) {
        let made = |zh: &'static str| Text::made(zh, sentence(self));
        match self {
            Self::Account(AccountRefusal::AccountMustBePlain) => {
                ("account", made("账号由3至32个小写字母、数字或连字符组成。"))
            }
            Self::Account(AccountRefusal::AccountMustBeNew) => {
                ("account", made("这个账号已经有人用了，请换一个。"))
            }
            Self::Account(AccountRefusal::OfficeMustExist) => ("office", made("请选择经办机构。")),
            Self::Account(
                AccountRefusal::PasswordMustBeLong
                | AccountRefusal::Vault(_)
                | AccountRefusal::Store(_),
            ) => ("account", made("系统暂时出了问题，请稍后再试。")),
            Self::Roles(RolesMustBeSeparate(first, second)) => {
                let (first, second) = (role_words(*first), role_words(*second));
                let zh = format!("“{}”和“{}”必须由不同的人担任。", first.zh, second.zh);
                ("roles", Text::made(zh, sentence(self)))
            }
            Self::RolesMustBeGiven => ("roles", made("请至少选择一个岗位。")),
            Self::StaffNumberMustBeGiven => ("staff", made("工号由1至20个字母或数字组成。")),
            Self::StaffMustHaveOneAccount => {
                ("staff", made("这个工号已有账号。一个人只能有一个账号。"))
            }
            Self::DutiesMustBeAnothers => {
                ("account", made("不能更改自己账号的岗位和状态，请由另一位管理员办理。"))
            }
            Self::LastAdministratorMustStay => {
                ("account", made("这是最后一位管理员，请先为另一位管理员开通账号。"))
            }
            Self::AccountMustBeOpen => ("account", made("没有这个账号，或已注销。")),
        }
    }
}

/// A refusal as a sentence of a page: with a capital and a full stop.
fn sentence(refusal: &KeepingRefusal) -> String {
    let text = refusal.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// Opens an account for a staff number that has none.
///
/// # Errors
/// [`KeepingRefusal`]; nothing is changed.
pub(crate) fn open(
    app: &App,
    keeper: &Keeper,
    new: NewAccount,
    contract: &Contract,
) -> Result<Secrets, KeepingRefusal> {
    let secrets = fresh_secrets();
    check(app, &new, &secrets.password)?;
    check_roles(new.roles)?;
    let staff = contract.staff_number.clone();
    if !(1..=20).contains(&staff.len()) || !staff.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(KeepingRefusal::StaffNumberMustBeGiven);
    }
    let (now, expires_on) = (app.clock.now(), contract.expires_on);
    let NewAccount { account, name, office, roles } = new;
    let clerk = Clerk { id: app.city.fresh(now), account, name, office, roles };
    let credentials = Credentials {
        password_hash: hashed(&secrets.password),
        totp_secret: second_factor::sealed(&app.vault, clerk.id, &secrets.second_factor)?,
        totp_step: 0,
        failures: 0,
        locked_until: None,
    };
    let detail = format!("{} {} {}", clerk.account, role_list(roles), clerk.office);
    let (event, keeper) = (event(app, keeper, "open_account", detail, now), keeper.clone());
    app.db.write(move |tx| -> Result<(), KeepingRefusal> {
        clerk_account::lock_all(tx)?;
        if !clerk_account::list_of_staff(tx, &staff)?.is_empty() {
            return Err(KeepingRefusal::StaffMustHaveOneAccount);
        }
        if clerk::insert(tx, &clerk, &credentials, now)? == 0 {
            return Err(AccountRefusal::AccountMustBeNew.into());
        }
        let duties = (&*clerk.office, clerk.roles);
        clerk_account::set_duties(tx, clerk.id, duties, expires_on)?;
        clerk_staff::insert(tx, clerk.id, (&staff, &keeper.name), now)?;
        Ok(audit_event::insert(tx, &event)?)
    })?;
    Ok(secrets)
}

/// What is done to an account that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Gives other duties; sessions end, so that nobody goes on with what they no longer may.
    Duties(String, RoleSet, Option<Date>),
    /// No attempt to sign in is accepted until somebody unlocks it; sessions end.
    Lock,
    /// Attempts are accepted again.
    Unlock,
    /// A new password for once and a new second factor; sessions end.
    Reset,
    /// Sessions end.
    SignOut,
    /// It is never used again.
    Close,
}

impl Act {
    const fn action(&self) -> &'static str {
        match self {
            Self::Duties(..) => "change_duties",
            Self::Lock => "lock_account",
            Self::Unlock => "unlock_account",
            Self::Reset => "reset_account",
            Self::SignOut => "sign_out_account",
            Self::Close => "close_account",
        }
    }

    /// Whether the account may be the administrator's last one afterwards.
    fn leaves_administrator(&self) -> bool {
        match self {
            Self::Duties(_, roles, _) => roles.contains(Role::Admin),
            Self::Lock | Self::Close => false,
            Self::Unlock | Self::Reset | Self::SignOut => true,
        }
    }
}

/// Does something to an account. Answers new secrets where there are any.
///
/// # Errors
/// [`KeepingRefusal`]; nothing is changed.
pub(crate) fn keep(
    app: &App,
    keeper: &Keeper,
    id: ClerkId,
    act: Act,
) -> Result<Option<Secrets>, KeepingRefusal> {
    if keeper.clerk == Some(id) && act != Act::SignOut {
        return Err(KeepingRefusal::DutiesMustBeAnothers);
    }
    if let Act::Duties(office, roles, _) = &act {
        check_roles(*roles)?;
        let (account, name) = ("any".to_owned(), String::new());
        let new = NewAccount { account, name, office: office.clone(), roles: *roles };
        check(app, &new, "a password of enough letters")?;
    }
    let now = app.clock.now();
    let secrets = (act == Act::Reset).then(fresh_secrets);
    let kept = |secrets: &Secrets| -> Result<_, VaultError> {
        let second_factor = second_factor::sealed(&app.vault, id, &secrets.second_factor)?;
        Ok((hashed(&secrets.password), second_factor))
    };
    let fresh = secrets.as_ref().map(kept).transpose()?;
    let mut event = event(app, keeper, act.action(), String::new(), now);
    app.db.write(move |tx| -> Result<(), KeepingRefusal> {
        clerk_account::lock_all(tx)?;
        let account = clerk_account::find(tx, id)?.filter(|account| account.closed_at.is_none());
        let account = account.ok_or(KeepingRefusal::AccountMustBeOpen)?;
        if !act.leaves_administrator() && is_last_administrator(tx, &account, now)? {
            return Err(KeepingRefusal::LastAdministratorMustStay);
        }
        do_it(tx, &account, &act, fresh.as_ref(), now)?;
        event.detail = detail(&account, &act);
        Ok(audit_event::insert(tx, &event)?)
    })?;
    Ok(secrets)
}

fn do_it(
    tx: &mut Tx<'_>,
    account: &Account,
    act: &Act,
    fresh: Option<&(String, String)>,
    now: Timestamp,
) -> Result<(), store::Error> {
    let id = account.clerk.id;
    match act {
        Act::Duties(office, roles, expires_on) => {
            clerk_account::set_duties(tx, id, (office, *roles), *expires_on)?;
        }
        Act::Lock => {
            clerk_account::set_locked(tx, id, Some(super::no_end()))?;
        }
        Act::Unlock => {
            clerk_account::set_locked(tx, id, None)?;
            return Ok(());
        }
        Act::Reset => {
            if let Some((password_hash, second_factor)) = fresh {
                clerk_account::set_password(tx, id, password_hash, None)?;
                clerk_account::set_second_factor(tx, id, second_factor)?;
            }
        }
        Act::SignOut => {}
        Act::Close => {
            clerk_account::set_closed(tx, id, now)?;
        }
    }
    clerk_account::end_sessions(tx, id, now)?;
    Ok(())
}

fn is_last_administrator(
    tx: &mut Tx<'_>,
    account: &Account,
    now: Timestamp,
) -> Result<bool, store::Error> {
    let today = now.date_in_shanghai();
    let administers = |account: &Account| {
        account.clerk.roles.contains(Role::Admin)
            && crate::console::account::is_usable(account, now, today)
    };
    let others = clerk_account::list(tx)?.into_iter();
    let mut others = others.filter(|other| other.clerk.id != account.clerk.id);
    Ok(account.clerk.roles.contains(Role::Admin) && !others.any(|other| administers(&other)))
}

fn check_roles(roles: RoleSet) -> Result<(), KeepingRefusal> {
    if roles == RoleSet::default() {
        return Err(KeepingRefusal::RolesMustBeGiven);
    }
    Ok(roles.check_separation()?)
}

fn fresh_secrets() -> Secrets {
    Secrets {
        password: totp::base32(&random::<PASSWORD_BYTES>()).to_lowercase(),
        second_factor: totp::base32(&random::<SECRET_BYTES>()),
    }
}

fn detail(account: &Account, act: &Act) -> String {
    let before = &account.clerk;
    match act {
        Act::Duties(office, roles, _) => format!(
            "{}: {} {} -> {} {office}",
            before.account,
            role_list(before.roles),
            before.office,
            role_list(*roles)
        ),
        _ => before.account.clone(),
    }
}

fn role_list(roles: RoleSet) -> String {
    roles.iter().map(Role::word).collect::<Vec<_>>().join("+")
}

fn event(app: &App, keeper: &Keeper, action: &str, detail: String, now: Timestamp) -> AuditEvent {
    AuditEvent {
        id: app.city.fresh::<TaskId>(now).get(),
        recorded_at: now,
        actor: keeper.name.clone(),
        office: keeper.office.clone(),
        action: action.to_owned(),
        subject: None,
        detail,
    }
}
