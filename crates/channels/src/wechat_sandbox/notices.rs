//! What the sandbox posts to the merchant, and when again.

use serde_json::{Value, json};
use units::Timestamp;

use super::behaviour::Notices;
use super::{PLATFORM_KEY_ID, Sandbox};
use crate::http_message::{Answer, Headers};
use crate::wechat_pay::notification::{Envelope, Resource};

/// Seconds between tries, as WeChat documents them: fifteen times in about a day.
const AGAIN_AFTER_SECONDS: [i64; 15] =
    [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600];

/// A notice that waits to be posted.
#[derive(Clone, Debug)]
pub struct Pending {
    due_at: Timestamp,
    url: String,
    body: Vec<u8>,
    tries: usize,
    forged: bool,
}

/// A notice to post now. Tell [`Sandbox::not_accepted`] when it wasn't answered with 200 or 204.
#[derive(Debug)]
pub struct Delivery {
    /// Where to.
    pub url: String,
    /// Signed as of now.
    pub headers: Headers,
    /// The raw body.
    pub body: Vec<u8>,
    pending: Pending,
}

impl Sandbox {
    /// The notices that are due, each to be posted once.
    pub fn deliveries(&mut self, now: Timestamp) -> Vec<Delivery> {
        let (due, later) = std::mem::take(&mut self.notices)
            .into_iter()
            .partition::<Vec<_>, _>(|pending| pending.due_at <= now);
        self.notices = later;
        due.into_iter().map(|pending| self.delivery(pending, now)).collect()
    }

    /// The notices that are due, as JSON for a merchant who asks instead of listening.
    pub(super) fn deliveries_answer(&mut self, now: Timestamp) -> Answer {
        let shown: Vec<Value> = self
            .deliveries(now)
            .iter()
            .map(|notice| {
                let headers: Value = notice.headers.iter().map(|(n, v)| (n, json!(v))).collect();
                let body = String::from_utf8_lossy(&notice.body);
                json!({ "url": notice.url, "headers": headers, "body": body })
            })
            .collect();
        super::json(200, &shown)
    }

    /// A notice was refused or not answered: WeChat tries again later, and at last gives up.
    pub fn not_accepted(&mut self, delivery: Delivery, now: Timestamp) {
        let Pending { tries, forged, .. } = delivery.pending;
        let Some(wait) = AGAIN_AFTER_SECONDS.get(tries).filter(|_| !forged) else { return };
        let due_at = now.plus_seconds(*wait);
        self.notices.push(Pending { due_at, tries: tries + 1, ..delivery.pending });
    }

    pub(super) fn payment_happened(&mut self, number: &str, now: Timestamp) {
        let url = self.orders[number].notify_url.clone();
        let plain = self.transaction(number);
        self.happened(("TRANSACTION.SUCCESS", "transaction"), &plain, &url, now);
    }

    pub(super) fn refund_happened(&mut self, number: &str, url: &str, now: Timestamp) {
        let refund = &self.refunds[number];
        let event = if refund.status == "SUCCESS" { "REFUND.SUCCESS" } else { "REFUND.ABNORMAL" };
        let mut plain = refund.json(number);
        // Notices name the state otherwise than answers do.
        if let Some(fields) = plain.as_object_mut() {
            let status = fields.remove("status").unwrap_or_default();
            fields.insert("refund_status".to_owned(), status);
            fields.insert("mchid".to_owned(), super::MCHID.into());
        }
        self.happened((event, "refund"), &plain, url, now);
    }

    fn happened(&mut self, event: (&str, &str), plain: &Value, url: &str, now: Timestamp) {
        let body = self.envelope(event, plain, now);
        let one = Pending { due_at: now, url: url.to_owned(), body, tries: 0, forged: false };
        let manner = match self.behaviour.notices {
            Notices::BySeed => {
                let digit = self.fresh_digits(1).bytes().next().unwrap_or(b'0') - b'0';
                Notices::EACH[usize::from(digit) % Notices::EACH.len()]
            }
            manner => manner,
        };
        match manner {
            Notices::Prompt | Notices::BySeed => self.notices.push(one),
            Notices::Late => {
                let due_at = now.plus_seconds(self.behaviour.late_seconds);
                self.notices.push(Pending { due_at, ..one });
            }
            Notices::Repeated => self.notices.extend([one.clone(), one.clone(), one]),
            Notices::ForgedFirst => {
                self.notices.extend([Pending { forged: true, ..one.clone() }, one]);
            }
            Notices::Never => {}
        }
    }

    fn envelope(&mut self, (event, kind): (&str, &str), plain: &Value, now: Timestamp) -> Vec<u8> {
        let nonce = self.fresh(12);
        let sealed = self.api_v3_key.seal(plain.to_string().as_bytes(), &nonce, kind);
        let envelope = Envelope {
            id: self.fresh(36),
            create_time: now.to_rfc3339_seconds(),
            resource_type: "encrypt-resource".to_owned(),
            event_type: event.to_owned(),
            summary: "沙箱".to_owned(),
            resource: Resource { original_type: kind.to_owned(), sealed },
        };
        json!(envelope).to_string().into_bytes()
    }

    fn delivery(&mut self, pending: Pending, now: Timestamp) -> Delivery {
        let mut headers = self.platform_headers(&pending.body, PLATFORM_KEY_ID, now);
        headers.push("Content-Type", "application/json");
        let mut body = pending.body.clone();
        if pending.forged {
            // A space more: valid JSON, the same content, another byte.
            body.push(b' ');
        }
        Delivery { url: pending.url.clone(), headers, body, pending }
    }
}
