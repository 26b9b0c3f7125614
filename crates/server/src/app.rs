//! What every handler and job holds: the database, the city, the clock.

use operations::City;
use policy::Pack;
use store::Db;

use crate::clock::Clock;
use crate::evidence_folder::EvidenceFolder;
use crate::vault::Vault;
use crate::wechat::Wechat;

/// One running program. Handlers hold it as `State<Arc<App>>`.
#[derive(Debug)]
pub struct App {
    /// The city's database.
    pub db: Db,
    /// The city's law, and fresh identifiers.
    pub city: City,
    /// The clock of the edge.
    pub clock: Clock,
    /// Whether the database is a sandbox: invented people, sample sign-ins, a clock that may be set.
    pub sandbox: bool,
    /// WeChat, where an operator has set it up; without it nobody can pay by WeChat.
    pub wechat: Option<Wechat>,
    /// What opens the secrets that the database keeps.
    pub vault: Vault,
    /// Where files handed in with cases lie.
    pub evidence: EvidenceFolder,
}

impl App {
    /// The city's law.
    #[must_use]
    pub fn pack(&self) -> &Pack {
        self.city.pack()
    }
}
