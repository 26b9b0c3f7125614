//! 占用中: the dues that a channel is collecting just now, which no other channel takes, and by when
//! its answer frees what was not paid. Every page that says so asks here.

use insurance::ids::PersonId;
use insurance::payment::{ChannelKind, DueKey};
use store::Tx;
use store::tables::payment::{self, PaymentState};
use units::Date;

use crate::city::City;

/// A due inside an open attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldDue {
    /// Which.
    pub due: DueKey,
    /// The channel that is collecting it.
    pub channel: ChannelKind,
    /// The day by which the attempt ends: a WeChat order's last, else the next working day, on which
    /// banks answer. `None` where the pack does not know that day.
    pub until: Option<Date>,
}

/// A person's dues that lie in open attempts.
///
/// # Errors
/// The database's.
pub fn list_held_dues(
    tx: &mut Tx<'_>,
    city: &City,
    person: PersonId,
    today: Date,
) -> Result<Vec<HeldDue>, store::Error> {
    let mut held = Vec::new();
    for open in payment::list_open(tx, person)? {
        let channel = open.channel;
        let until = match (channel, open.expires_at) {
            (ChannelKind::Wechat, Some(end)) => Some(end.date_in_shanghai()),
            (ChannelKind::BankBatch | ChannelKind::Counter | ChannelKind::Wechat, _) => {
                city.pack().calendar().plus_working_days(today, 1).ok()
            }
        };
        let items = payment::list_items(tx, person, open.id)?;
        let open_items = items.into_iter().filter(|item| item.state == PaymentState::Open);
        held.extend(open_items.map(|item| HeldDue { due: item.due, channel, until }));
    }
    Ok(held)
}
