//! What every handler and job holds: the database, the city's law, the clock, fresh identifiers.

use insurance::ids::IdSource;
use policy::Pack;
use store::Db;

use crate::clock::Clock;

/// One running program. Handlers hold it as `State<Arc<App>>`.
#[derive(Debug)]
pub struct App {
    /// The city's database.
    pub db: Db,
    /// The city's law.
    pub pack: Pack,
    /// The clock of the edge.
    pub clock: Clock,
    /// Fresh identifiers.
    pub ids: IdSource,
    /// Whether the database is a sandbox: invented people, sample sign-ins, a clock that may be set.
    pub sandbox: bool,
}
