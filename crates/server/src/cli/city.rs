//! Which city: the options that every command has, and opening what they name.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use insurance::ids::IdSource;
use operations::City;
use policy::Pack;
use ring::rand::{SecureRandom as _, SystemRandom};
use store::tables::meta;
use store::{Db, Url};
use units::Timestamp;

use crate::app::App;
use crate::clock::Clock;
use crate::evidence_folder::EvidenceFolder;
use crate::vault::Vault;

/// The options that every command has.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The database: sqlite:FILE or postgres://USER@HOST/NAME.
    #[arg(long, global = true, env = "SHEBAO_DB", default_value = "sqlite:shebao.db")]
    pub db: String,
    /// Print JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// Act as if it were this moment, such as 2026-11-24T10:00:00+08:00. In sandbox databases only.
    #[arg(long, global = true)]
    pub clock: Option<Timestamp>,
    /// The number of this process among those of one city, 0 to 63; drawn at random without it.
    #[arg(long, global = true, env = "SHEBAO_NODE", value_parser = clap::value_parser!(u8).range(0..64))]
    pub node: Option<u8>,
    /// The folder of evidence files; beside an SQLite database, or ./shebao.evidence, without it.
    #[arg(long, global = true, env = "SHEBAO_EVIDENCE")]
    pub evidence: Option<PathBuf>,
    /// Who acts, for the record.
    #[arg(long, global = true, env = "USER", default_value = "command-line")]
    pub actor: String,
    /// The file of the key that seals the database's secrets; FILE.key beside sqlite:FILE by
    /// default.
    #[arg(long, global = true, env = "SHEBAO_SECRET_KEY_FILE")]
    pub secret_key_file: Option<PathBuf>,
}

/// The key under which a database names its pack.
const PACK: &str = "pack";
/// The seconds from 1970 to 2026.
const YEAR_2026: i64 = 1_767_225_600;
/// The key under which a database says whether its people are invented.
const SANDBOX: &str = "sandbox";

impl Options {
    /// The database's name.
    pub(crate) fn url(&self) -> anyhow::Result<Url> {
        self.db.parse().with_context(|| format!("--db {}", self.db))
    }

    /// The same options for another database.
    pub(crate) fn of_database(&self, db: String) -> Self {
        let (actor, secret_key_file) = (self.actor.clone(), None);
        Self { db, actor, secret_key_file, evidence: self.evidence.clone(), ..*self }
    }

    /// The folder of evidence files.
    fn evidence(&self) -> EvidenceFolder {
        let beside = self.db.strip_prefix("sqlite:").unwrap_or("shebao");
        let beside = beside.strip_suffix(".db").unwrap_or(beside);
        let named = || PathBuf::from(format!("{beside}.evidence"));
        EvidenceFolder::new(self.evidence.clone().unwrap_or_else(named))
    }

    /// The clock that the options ask for.
    pub(crate) fn clock(&self) -> Clock {
        self.clock.map_or(Clock::System, Clock::Fixed)
    }

    /// The key that seals the database's secrets.
    pub(crate) fn vault(&self) -> anyhow::Result<Vault> {
        Ok(Vault::open(&self.secret_key_file())?)
    }

    /// A database of PostgreSQL is on another machine as a rule: its key has no place of its own.
    fn secret_key_file(&self) -> PathBuf {
        let beside = || self.db.strip_prefix("sqlite:").map(|file| format!("{file}.key").into());
        self.secret_key_file.clone().or_else(beside).unwrap_or_default()
    }

    /// Makes a database for a city; does nothing to one that was made for it before.
    pub(crate) fn create(&self, pack: &str, sandbox: bool) -> anyhow::Result<App> {
        if Pack::shipped(pack).is_none() {
            bail!(
                "there is no policy pack {pack:?}; there are {}",
                policy::shipped::names().join(", ")
            );
        }
        let url = self.url()?;
        let db = Db::migrate(&url, Clock::System.now()).with_context(|| self.db.clone())?;
        let name = pack.to_owned();
        let kept = db.write(move |tx| {
            meta::insert(tx, PACK, &name)?;
            meta::insert(tx, SANDBOX, if sandbox { "yes" } else { "no" })?;
            meta::find(tx, PACK)
        })?;
        if kept.as_deref() != Some(pack) {
            bail!("{} belongs to the pack {:?} already", self.db, kept.unwrap_or_default());
        }
        if !self.secret_key_file().as_os_str().is_empty() {
            Vault::create(&self.secret_key_file())?;
        }
        self.app(db)
    }

    /// Opens the database of a city.
    pub(crate) fn open(&self) -> anyhow::Result<App> {
        let db = Db::open(&self.url()?).with_context(|| {
            format!("{} can't be opened; `shebao init` makes a database", self.db)
        })?;
        self.app(db)
    }

    /// Where this process's identifiers come from.
    ///
    /// Two commands may run in the same millisecond: without a number of its own each draws one. In a
    /// sandbox whose clock stands still, one command after the other lives in the same moment: there
    /// the real clock, in sixteenths of a second, keeps their numbers apart and in order.
    fn ids(&self) -> anyhow::Result<IdSource> {
        if self.clock().stands_still() {
            let sixteenths = Clock::System.now().micros() / 62_500 - YEAR_2026 * 16;
            let shift = u32::try_from(sixteenths).unwrap_or_default();
            return Ok(IdSource::new(self.node.unwrap_or_default()).shifted_by(shift));
        }
        let mut drawn = [0];
        let filled = SystemRandom::new().fill(&mut drawn);
        filled.ok().context("the system gave no random bytes")?;
        let [node] = drawn;
        Ok(IdSource::new(self.node.unwrap_or(node % 64)))
    }

    fn app(&self, db: Db) -> anyhow::Result<App> {
        let (pack, sandbox) =
            db.read(|tx| Ok::<_, store::Error>((meta::find(tx, PACK)?, meta::find(tx, SANDBOX)?)))?;
        let pack = pack.context("the database names no city; `shebao init` does")?;
        let pack = Pack::shipped(&pack).with_context(|| {
            format!("the database's policy pack {pack:?} is not in this program")
        })?;
        let sandbox = sandbox.as_deref() == Some("yes");
        if self.clock.is_some() && !sandbox {
            bail!("--clock works in sandbox databases only; {} holds real people", self.db);
        }
        let city = City::new(Arc::new(pack), self.ids()?);
        let (clock, vault, evidence) = (self.clock(), self.vault()?, self.evidence());
        Ok(App { db, city, clock, sandbox, wechat: None, vault, evidence })
    }
}
