//! The two trails as rows of one table: what clerks did, and who looked at whom.

use insurance::ids::PersonId;
use policy::Text;
use serde::Deserialize;
use store::Tx;
use store::tables::access_log;
use store::tables::audit_event::{self, Filter};
use units::Timestamp;

use crate::site::spreadsheet::{Cell, Sheet};
use crate::site::visit::Visit;

/// Which trail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Trail {
    /// What clerks did.
    #[default]
    Events,
    /// Who looked at whom.
    Looks,
}

impl Trail {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Events, Self::Looks];

    /// The word of addresses.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Looks => "looks",
        }
    }

    /// The trail of a word; events for one that is not known.
    pub(super) fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|trail| trail.word() == word).unwrap_or_default()
    }

    /// What people call it.
    pub(super) const fn name(self) -> Text {
        match self {
            Self::Events => Text::fixed("经办操作", "What clerks did"),
            Self::Looks => Text::fixed("查看记录", "Who looked at whom"),
        }
    }
}

/// One row.
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) at: Timestamp,
    pub(super) actor: String,
    /// Empty for a look: it is the clerk's.
    pub(super) office: String,
    /// The operation, or the page looked at.
    pub(super) what: String,
    pub(super) person: Option<PersonId>,
    /// Figures and reasons, or why somebody looked.
    pub(super) detail: String,
}

/// The rows that match, newest first.
///
/// # Errors
/// The database's.
pub(super) fn read(
    tx: &mut Tx<'_>,
    trail: Trail,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Row>, store::Error> {
    Ok(match trail {
        Trail::Events => {
            let events = audit_event::list(tx, filter, limit)?.into_iter();
            let row = |event: audit_event::AuditEvent| Row {
                id: event.id,
                at: event.recorded_at,
                actor: event.actor,
                office: event.office,
                what: event.action,
                person: event.subject,
                detail: event.detail,
            };
            events.map(row).collect()
        }
        Trail::Looks => {
            let looks = access_log::search(tx, filter, limit)?.into_iter();
            let row = |look: access_log::Access| Row {
                id: look.id,
                at: look.accessed_at,
                actor: look.actor,
                office: String::new(),
                what: look.what,
                person: Some(look.person),
                detail: look.reason,
            };
            looks.map(row).collect()
        }
    })
}

/// The rows as a table to take along.
pub(super) fn sheet(visit: &Visit, trail: Trail, rows: &[Row]) -> Sheet {
    let head = [
        ("时间", "When"),
        ("经办人", "Clerk"),
        ("经办机构", "Office"),
        ("事项", "What"),
        ("人员编号", "Person"),
        ("说明", "Details"),
    ];
    let row = |row: &Row| -> Vec<Cell> {
        vec![
            row.at.to_rfc3339_seconds().into(),
            (&*row.actor).into(),
            (&*row.office).into(),
            (&*row.what).into(),
            row.person.map(|person| person.to_string()).unwrap_or_default().into(),
            (&*row.detail).into(),
        ]
    };
    let name = trail.name();
    Sheet {
        name: visit.read(&name).to_owned(),
        head: head.map(|(zh, en)| visit.say(zh, en).to_owned()).into(),
        rows: rows.iter().map(row).collect(),
    }
}
