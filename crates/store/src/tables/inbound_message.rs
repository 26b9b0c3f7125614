//! `inbound_message`: what outside parties sent, kept raw before anything else happens.

use insurance::ids::MessageId;
use insurance::payment::ChannelKind;
use units::Timestamp;

use crate::{Error, Row, Tx};

/// What an outside party sent.
#[derive(Clone, PartialEq, Eq)]
pub struct InboundMessage {
    /// Its number.
    pub id: MessageId,
    /// Through which channel.
    pub channel: ChannelKind,
    /// What it is, in the channel's own word: `notice`, `result-file`, `payment`.
    pub kind: String,
    /// When it came.
    pub received_at: Timestamp,
    /// SHA-256 of the body, in hex.
    pub digest: String,
    /// The headers or file name that its reader needs.
    pub headers: String,
    /// The bytes.
    pub body: Vec<u8>,
}

/// Shows the number and kind only: bodies and headers are personal or secret.
impl std::fmt::Debug for InboundMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, kind, .. } = self;
        f.debug_struct("InboundMessage").field("id", id).field("kind", kind).finish_non_exhaustive()
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// Not read yet.
    Waiting,
    /// Booked.
    Handled,
    /// Refused by a rule; the outcome says which.
    Refused,
}

impl MessageState {
    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Waiting => 1,
            Self::Handled => 2,
            Self::Refused => 3,
        }
    }
}

/// Keeps a message.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, message: &InboundMessage, state: MessageState) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO inbound_message (message_id, channel, kind, received_at, digest, headers, \
         body, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            message.id.into(),
            message.channel.code().into(),
            (&message.kind).into(),
            message.received_at.into(),
            (&message.digest).into(),
            (&message.headers).into(),
            message.body.as_slice().into(),
            state.code().into(),
        ],
    )?;
    Ok(())
}

/// One message.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, message: MessageId) -> Result<Option<InboundMessage>, Error> {
    tx.query_opt(
        "SELECT message_id, channel, kind, received_at, digest, headers, body \
         FROM inbound_message WHERE message_id = $1",
        &[message.into()],
        read,
    )
}

/// The oldest messages of a channel that were not read yet.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_waiting(
    tx: &mut Tx<'_>,
    channel: ChannelKind,
    limit: i64,
) -> Result<Vec<InboundMessage>, Error> {
    tx.query(
        "SELECT message_id, channel, kind, received_at, digest, headers, body \
         FROM inbound_message WHERE channel = $1 AND state = 1 \
         ORDER BY received_at, message_id LIMIT $2",
        &[channel.code().into(), limit.into()],
        read,
    )
}

/// WeChat's first message with the same content, if one came before. Only its messages are found so,
/// and the index holds no others: an index in the order of hashes costs each of its rows a page.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_of_wechat(tx: &mut Tx<'_>, digest: &str) -> Result<Option<MessageId>, Error> {
    tx.query_opt(
        "SELECT message_id FROM inbound_message WHERE digest = $1 AND channel = 3 \
         ORDER BY message_id LIMIT 1",
        &[digest.into()],
        |row| row.id(0),
    )
}

/// Records what became of a message. Answers 0 when it was handled meanwhile.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_state(
    tx: &mut Tx<'_>,
    message: MessageId,
    state: MessageState,
    (handled_at, outcome): (Timestamp, &str),
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE inbound_message SET state = $2, handled_at = $3, outcome = $4 \
         WHERE message_id = $1 AND state = 1",
        &[message.into(), state.code().into(), handled_at.into(), outcome.into()],
    )
}

fn read(row: &Row<'_>) -> Result<InboundMessage, Error> {
    Ok(InboundMessage {
        id: row.id(0)?,
        channel: super::channel(row, 1)?,
        kind: row.string(2)?,
        received_at: row.timestamp(3)?,
        digest: row.string(4)?,
        headers: row.string(5)?,
        body: row.blob(6)?.to_vec(),
    })
}
