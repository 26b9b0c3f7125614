//! `shebao clerk add | list | lock | unlock | reset | close`.

use anyhow::{Context, bail};
use insurance::clerk::{Role, RoleSet};
use store::tables::clerk_account;
use units::Date;

use super::city::Options;
use super::{Ended, output};
use crate::app::App;
use crate::console::account::NewAccount;
use crate::console::accounts::keeping::{self, Act, Contract, Keeper, KeepingRefusal, Secrets};

/// The commands about clerks' accounts.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Open an account. The password for once and the second factor's secret are printed, and kept
    /// nowhere.
    Add(Add),
    /// Every account.
    List,
    /// Accept no attempt to sign in, and sign the clerk out everywhere.
    Lock {
        /// The account's name.
        account: String,
    },
    /// Accept attempts again.
    Unlock {
        /// The account's name.
        account: String,
    },
    /// Give a new password for once and a new second factor.
    Reset {
        /// The account's name.
        account: String,
    },
    /// Close an account for ever.
    Close {
        /// The account's name.
        account: String,
    },
}

/// A new account.
#[derive(clap::Args)]
pub(crate) struct Add {
    /// The name to sign in with: 3 to 32 small letters, digits and hyphens.
    account: String,
    /// The name that colleagues read.
    #[arg(long)]
    name: String,
    /// The staff number; one person has one account.
    #[arg(long)]
    staff: String,
    /// The office's code in the city's pack.
    #[arg(long)]
    office: String,
    /// The roles: window, review, finance, audit, admin.
    #[arg(long, value_delimiter = ',', required = true)]
    roles: Vec<String>,
    /// The last day, such as 2027-06-30.
    #[arg(long)]
    expires_on: Option<Date>,
}

pub(crate) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let keeper = Keeper { name: options.actor.clone(), office: String::new(), clerk: None };
    match command {
        Command::Add(add) => open(options, &app, &keeper, add),
        Command::List => list(options, &app),
        Command::Lock { account } => keep(options, &app, &keeper, (account, Act::Lock)),
        Command::Unlock { account } => keep(options, &app, &keeper, (account, Act::Unlock)),
        Command::Reset { account } => keep(options, &app, &keeper, (account, Act::Reset)),
        Command::Close { account } => keep(options, &app, &keeper, (account, Act::Close)),
    }
}

fn open(options: &Options, app: &App, keeper: &Keeper, add: &Add) -> anyhow::Result<Ended> {
    let role =
        |word: &String| Role::from_word(word).with_context(|| format!("there is no role {word:?}"));
    let roles = add.roles.iter().map(role).collect::<anyhow::Result<Vec<Role>>>()?;
    let new = NewAccount {
        account: add.account.clone(),
        name: add.name.clone(),
        office: add.office.clone(),
        roles: RoleSet::of(&roles),
    };
    let contract = Contract { staff_number: add.staff.clone(), expires_on: add.expires_on };
    match keeping::open(app, keeper, new, &contract) {
        Ok(secrets) => {
            show(options, &add.account, &secrets);
            Ok(Ended::Done)
        }
        Err(refusal) => refused(options, &refusal),
    }
}

fn keep(
    options: &Options,
    app: &App,
    keeper: &Keeper,
    (account, act): (&str, Act),
) -> anyhow::Result<Ended> {
    let accounts = app.db.read(clerk_account::list)?;
    let open = accounts.iter().filter(|known| known.closed_at.is_none());
    let found = open.into_iter().find(|known| known.clerk.account == account);
    let Some(found) = found else { bail!("there is no open account {account:?}") };
    match keeping::keep(app, keeper, found.clerk.id, act) {
        Ok(Some(secrets)) => show(options, account, &secrets),
        Ok(None) if options.json => output::json(&serde_json::json!({ "account": account })),
        Ok(None) => output::line(format!("{account}: done")),
        Err(refusal) => return refused(options, &refusal),
    }
    Ok(Ended::Done)
}

fn show(options: &Options, account: &str, secrets: &Secrets) {
    if options.json {
        output::json(&serde_json::json!({
            "account": account,
            "password": secrets.password,
            "second_factor": secrets.second_factor,
        }));
        return;
    }
    output::line(format!("account        {account}"));
    output::line(format!("password       {}  (for once)", secrets.password));
    output::line(format!("second factor  {}  (for an authenticator app)", secrets.second_factor));
}

fn refused(options: &Options, refusal: &KeepingRefusal) -> anyhow::Result<Ended> {
    let (field, words) = refusal.at_field();
    if options.json {
        output::json(&serde_json::json!({ "refused": field, "reason": words }));
    } else {
        output::line(format!("{field}: {words}"));
    }
    Ok(Ended::Refused)
}

fn list(options: &Options, app: &App) -> anyhow::Result<Ended> {
    for account in app.db.read(clerk_account::list)? {
        let clerk = &account.clerk;
        let roles: Vec<&str> = clerk.roles.iter().map(Role::word).collect();
        let closed = if account.closed_at.is_some() { "closed" } else { "open" };
        let now = app.clock.now();
        let locked = account.locked_until.is_some_and(|until| now < until);
        if options.json {
            output::json(&serde_json::json!({
                "account": clerk.account, "name": clerk.name, "office": clerk.office,
                "roles": roles, "staff_number": account.staff_number, "state": closed,
                "locked": locked, "expires_on": account.expires_on.map(|day| day.to_string()),
            }));
        } else {
            let locked = if locked { ", locked" } else { "" };
            let (account, office) = (&clerk.account, &clerk.office);
            output::line(format!("{account}  {office}  {}  {closed}{locked}", roles.join("+")));
        }
    }
    Ok(Ended::Done)
}
