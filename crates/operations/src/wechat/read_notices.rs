//! 通知: what WeChat posted is kept raw, and read by a job at our pace.

use channels::http_message::Headers;
use channels::wechat_pay::Merchant;
use channels::wechat_pay::notification::{self, Notification};
use insurance::ledger::hex;
use insurance::payment::ChannelKind;
use sha2::{Digest, Sha256};
use store::tables::inbound_message::{self, InboundMessage, MessageState};
use store::{Db, Tx};
use units::Timestamp;

use super::settle_refund::settle_refund;
use super::settle_transaction::{Settled, Source, settle_transaction};
use crate::city::City;

/// How many notices one run of the job reads; the next run comes a moment later.
pub const NOTICES_PER_RUN: i64 = 500;
/// How many of them share a transaction.
const NOTICES_PER_BATCH: usize = 50;
/// The headers that are kept: the signature's.
const HEADERS_KEPT: [&str; 5] = [
    "Wechatpay-Timestamp",
    "Wechatpay-Nonce",
    "Wechatpay-Signature",
    "Wechatpay-Serial",
    "Wechatpay-Signature-Type",
];

/// A notice whose signature was verified when it arrived.
#[derive(Clone)]
pub struct Posted {
    /// Its headers.
    pub headers: Headers,
    /// Its raw body, within the size limit of the callback.
    pub body: Vec<u8>,
    /// Whether it could be decrypted; what could not is kept as evidence and not read again.
    pub readable: bool,
}

/// Shows no body and no signature.
impl std::fmt::Debug for Posted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Posted({} bytes, readable: {})", self.body.len(), self.readable)
    }
}

/// Keeps a notice. WeChat repeats one with the same body until we answer; it is kept once.
///
/// # Errors
/// The database's.
pub fn keep_notice(
    tx: &mut Tx<'_>,
    city: &City,
    posted: &Posted,
    now: Timestamp,
) -> Result<(), store::Error> {
    let digest = hex(&Sha256::digest(&posted.body));
    if inbound_message::find_of_wechat(tx, &digest)?.is_some() {
        return Ok(());
    }
    let header = |name: &&str| Some(format!("{name}: {}\n", posted.headers.get(name)?));
    let message = InboundMessage {
        id: city.fresh(now),
        channel: ChannelKind::Wechat,
        kind: "wechat-notice".to_owned(),
        received_at: now,
        digest,
        headers: HEADERS_KEPT.iter().filter_map(header).collect(),
        body: posted.body.clone(),
    };
    let state = if posted.readable { MessageState::Waiting } else { MessageState::Refused };
    inbound_message::insert(tx, &message, state)
}

/// What a run of the job did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticesRead {
    /// Notices that were read.
    pub read: u32,
    /// Those that opened a difference or could not be read.
    pub different: u32,
}

/// Reads every notice that waits and books what it says. A notice that comes twice, or after a
/// query told the same, changes nothing.
///
/// # Errors
/// The database's; what was read before stays booked.
pub fn read_notices(
    db: &Db,
    city: &City,
    merchant: &std::sync::Arc<Merchant>,
    now: Timestamp,
) -> Result<NoticesRead, store::Error> {
    let waiting =
        db.read(|tx| inbound_message::list_waiting(tx, ChannelKind::Wechat, NOTICES_PER_RUN))?;
    let mut done = NoticesRead::default();
    for batch in waiting.chunks(NOTICES_PER_BATCH) {
        let (city, merchant, batch) = (city.clone(), merchant.clone(), batch.to_vec());
        let read = db.write(move |tx| {
            let mut read = NoticesRead::default();
            for message in &batch {
                let as_asked = read_notice(tx, &city, &merchant, message, now)?;
                read.read += 1;
                read.different += u32::from(!as_asked);
            }
            Ok::<_, store::Error>(read)
        })?;
        done.read += read.read;
        done.different += read.different;
    }
    Ok(done)
}

/// Books one notice; answers whether it was as asked.
fn read_notice(
    tx: &mut Tx<'_>,
    city: &City,
    merchant: &Merchant,
    message: &InboundMessage,
    now: Timestamp,
) -> Result<bool, store::Error> {
    let source = Source::Message(message.id);
    let (state, outcome) = match notification::open(merchant, &message.body) {
        Ok(Notification::Payment(transaction)) => {
            match settle_transaction(tx, city, merchant, (&transaction, source), now)? {
                Settled::Booked(_) => (MessageState::Handled, "booked"),
                Settled::Different => (MessageState::Handled, "difference"),
                Settled::Ended => (MessageState::Handled, "ended"),
                Settled::Unpaid | Settled::Unknown => (MessageState::Handled, "not final"),
            }
        }
        Ok(Notification::Refund(said)) => {
            match settle_refund(tx, city, (&said, Some(source)), now)? {
                Some(_) => (MessageState::Handled, "refund"),
                None => (MessageState::Handled, "difference"),
            }
        }
        Ok(Notification::Other { .. }) => (MessageState::Handled, "of no use"),
        Err(_) => (MessageState::Refused, "unreadable"),
    };
    inbound_message::set_state(tx, message.id, state, (now, outcome))?;
    Ok(!matches!(outcome, "difference" | "unreadable"))
}
