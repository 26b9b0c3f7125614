//! What every operation needs of the city: its law and a source of identifiers.

use std::sync::Arc;

use insurance::due::Due;
use insurance::ids::{FreshId, IdSource};
use policy::{Branch, Pack, WindowKind};
use units::{Date, Timestamp};

/// The city that the program runs for. Cheap to clone.
#[derive(Clone, Debug)]
pub struct City {
    pack: Arc<Pack>,
    ids: Arc<IdSource>,
}

impl City {
    /// The city of a pack, on a node.
    #[must_use]
    pub fn new(pack: Arc<Pack>, ids: IdSource) -> Self {
        Self { pack, ids: Arc::new(ids) }
    }

    /// Its law.
    #[must_use]
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// A fresh identifier, of whatever kind is asked for.
    pub fn fresh<T: From<FreshId>>(&self, now: Timestamp) -> T {
        self.ids.next(now).into()
    }

    /// Whether a window is open on a day; no where the pack does not say.
    #[must_use]
    pub fn is_open(&self, kind: WindowKind, day: Date) -> bool {
        self.pack.calendar().is_open(kind, day).unwrap_or(false)
    }

    /// The order in which a person's branches are paid on a day: the pack's order of withholding,
    /// or the order of branch codes where the pack has none.
    #[must_use]
    pub fn withholding_order(&self, day: Date) -> Vec<Branch> {
        let rule = self.pack.topics().withholding.on(day, day);
        rule.map_or_else(|_| Branch::ALL.to_vec(), |rule| rule.value.order.clone())
    }

    /// Whether the settlement year of a due still runs on a day: a later payment bears interest,
    /// which an office computes.
    #[must_use]
    pub fn settlement_year_runs(&self, due: &Due, today: Date) -> bool {
        let calendar = self.pack.calendar();
        let year = calendar.settlement_year(due.key.branch, due.key.month.first_day());
        year.is_ok_and(|year| today <= year.last)
    }
}
