//! 交易账单 of the sandbox: the day after, from 10:00.

use serde_json::{Value, json};
use units::{Date, Timestamp};

use super::merchant_api::Refusal;
use super::{APP_ID, MCHID, Sandbox};
use crate::wechat_pay::trade_bill::{BillEntry, BillLine, gzip, sha1, write};

const READY_AFTER_SECONDS: i64 = 10 * 3600;

impl Sandbox {
    pub(super) fn bill_link(&self, day: Date, now: Timestamp) -> Result<Value, Refusal> {
        let ready_at = Timestamp::start_of(day.next()).plus_seconds(READY_AFTER_SECONDS);
        if now < ready_at || self.behaviour.bills_are_late {
            return Err(Refusal(400, "STATEMENT_CREATING", "账单生成中", 0));
        }
        let lines = self.bill(day);
        if lines.is_empty() {
            return Err(Refusal(400, "NO_STATEMENT_EXIST", "账单文件不存在", 0));
        }
        let url = format!("{}/v3/billdownload/file?token={day}&tartype=gzip", self.base_url);
        Ok(json!({
            "hash_type": "SHA1", "hash_value": sha1(&write(&lines)), "download_url": url,
        }))
    }

    pub(super) fn bill_file(&self, day: Date) -> Vec<u8> {
        gzip(&write(&self.bill(day)))
    }

    /// The lines of a day: payments, then refunds.
    fn bill(&self, day: Date) -> Vec<BillLine> {
        let line = |number: &String, transaction_id: &str, at, description: &str, entry| BillLine {
            at,
            app_id: APP_ID.to_owned(),
            mchid: MCHID.to_owned(),
            transaction_id: transaction_id.to_owned(),
            out_trade_no: number.clone(),
            description: description.to_owned(),
            entry,
        };
        let payments = self.orders.iter().filter_map(|(number, order)| {
            let (id, at) = order.paid().filter(|(_, at)| at.date_in_shanghai() == day)?;
            let entry = BillEntry::Payment { amount: order.amount };
            Some(line(number, id, at, &order.description, entry))
        });
        let refunds = self.refunds.iter().filter(|(_, r)| r.at.date_in_shanghai() == day);
        let refunds = refunds.map(|(out_refund_no, refund)| {
            let entry = BillEntry::Refund {
                refund_id: refund.refund_id.clone(),
                out_refund_no: out_refund_no.clone(),
                amount: refund.amount,
                status: refund.status.to_owned(),
            };
            line(&refund.out_trade_no, &refund.transaction_id, refund.at, "", entry)
        });
        payments.chain(refunds).collect()
    }
}
