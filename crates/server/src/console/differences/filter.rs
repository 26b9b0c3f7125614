//! Which differences a list shows: by channel, day, kind and owner. What can't be read asks for nothing.

use insurance::clerk::Clerk;
use insurance::payment::ChannelKind;
use insurance::reconciliation::settlement::DifferenceKind;
use serde::Deserialize;
use store::tables::difference::{Owned, Wanted};
use units::Date;

/// The kinds that can be asked for, with the code that tables hold.
const KINDS: [(i64, DifferenceKind); 4] = [
    (1, DifferenceKind::OnlyTheirs),
    (2, DifferenceKind::OnlyOurs),
    (3, DifferenceKind::AmountDiffers),
    (4, DifferenceKind::StatedTwice),
];

/// What the address asks for: `?channel=counter&on=2026-11-24&kind=1&owner=mine`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    channel: String,
    on: String,
    kind: String,
    owner: String,
}

impl Filter {
    /// What the database is asked for.
    pub(super) fn wanted(&self, clerk: Option<&Clerk>) -> Wanted {
        let owned = match (self.owner.as_str(), clerk) {
            ("nobody", _) => Owned::ByNobody,
            ("mine", Some(clerk)) => Owned::By(clerk.id),
            _ => Owned::Anyhow,
        };
        Wanted {
            channel: ChannelKind::ALL.into_iter().find(|known| known.word() == self.channel),
            accounting_on: self.on.parse::<Date>().ok(),
            kind: KINDS.iter().map(|(code, _)| *code).find(|code| code.to_string() == self.kind),
            owned,
        }
    }

    /// Whether less than everything is asked for.
    pub(super) fn narrows(&self) -> bool {
        [&self.channel, &self.on, &self.kind, &self.owner].iter().any(|asked| !asked.is_empty())
    }

    pub(super) fn kinds(&self) -> [(i64, DifferenceKind); 4] {
        KINDS
    }

    pub(super) fn is_channel(&self, channel: ChannelKind) -> bool {
        channel.word() == self.channel
    }

    pub(super) fn is_kind(&self, code: i64) -> bool {
        code.to_string() == self.kind
    }

    pub(super) fn is_owner(&self, word: &str) -> bool {
        word == self.owner
    }

    pub(super) fn day(&self) -> &str {
        &self.on
    }
}
