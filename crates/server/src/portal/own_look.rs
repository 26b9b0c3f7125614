//! Who reads their own records leaves a look behind, like everybody else.

use insurance::ids::{PersonId, TaskId};
use store::tables::access_log::{self, Access};

use crate::app::App;

/// Records that a person reads their own page at a path.
///
/// # Errors
/// The database's.
pub(super) async fn record_own_look(
    app: &App,
    person: PersonId,
    path: &'static str,
) -> Result<(), store::Error> {
    let now = app.clock.now();
    let look = Access {
        person,
        id: app.city.fresh::<TaskId>(now).get(),
        accessed_at: now,
        actor: "self".to_owned(),
        reason: "own records".to_owned(),
        what: path.to_owned(),
    };
    app.db.write_async(move |tx| access_log::insert(tx, &look)).await
}
