//! What WeChat sends: notices, transactions, the bill of a day.

use channels::http_message::Headers;
use channels::wechat_pay::secret::ApiV3Key;
use channels::wechat_pay::signature::{PlatformKeys, SigningKey};
use channels::wechat_pay::trade_bill::{self, BillEntry, BillLine};
use channels::wechat_pay::{Merchant, notification, refund, transaction};
use units::{Fen, Timestamp};

use super::{Parser, assert_sentence};

/// A notice whose signature was checked: the envelope around what is encrypted.
pub const NOTICE: Parser = Parser {
    name: "wechat_notice",
    rounds: 2_000,
    samples: || {
        let sealed =
            merchant().api_v3_key.seal(TRANSACTION_TEXT.as_bytes(), "abcdefghijkl", "transaction");
        let resource = serde_json::to_value(sealed).expect("JSON");
        let notice = serde_json::json!({
            "id": "N1", "create_time": "2026-11-24T10:00:00+08:00",
            "resource_type": "encrypt-resource", "event_type": "TRANSACTION.SUCCESS",
            "summary": "支付成功", "resource": resource,
        });
        vec![notice.to_string().into_bytes()]
    },
    read: |bytes| {
        let merchant = merchant();
        if let Err(refusal) = notification::open(&merchant, bytes) {
            assert_sentence(&refusal.to_string());
        }
        let headers = Headers::new()
            .with("Wechatpay-Timestamp", String::from_utf8_lossy(bytes))
            .with("Wechatpay-Nonce", "n")
            .with("Wechatpay-Signature", "AAAA")
            .with("Wechatpay-Serial", "1");
        let refusal = PlatformKeys::new().verify(&headers, bytes, now()).expect_err("no key");
        assert_sentence(&refusal.to_string());
    },
};

/// A transaction or a refund, decrypted.
pub const TRANSACTION: Parser = Parser {
    name: "wechat_transaction",
    rounds: 2_000,
    samples: || vec![TRANSACTION_TEXT.as_bytes().to_vec(), REFUND_TEXT.as_bytes().to_vec()],
    read: |bytes| {
        if let Err(refusal) = transaction::read(bytes) {
            assert_sentence(&refusal.to_string());
        }
        if let Err(refusal) = refund::read(&merchant(), bytes) {
            assert_sentence(&refusal.to_string());
        }
    },
};

/// The trade bill of a day.
pub const TRADE_BILL: Parser = Parser {
    name: "wechat_trade_bill",
    rounds: 2_000,
    samples: || {
        let entry = BillEntry::Payment { amount: Fen::from_yuan(990) };
        let refund = BillEntry::Refund {
            refund_id: "R1".to_owned(),
            out_refund_no: "RF1".to_owned(),
            amount: Fen::from_yuan(990),
            status: "SUCCESS".to_owned(),
        };
        let bill = trade_bill::write(&[line(entry), line(refund)]);
        vec![trade_bill::gzip(&bill), bill]
    },
    read: |bytes| {
        for refusal in [trade_bill::read(bytes).err(), trade_bill::unpack(bytes, "00").err()] {
            refusal.iter().for_each(|refusal| assert_sentence(&refusal.to_string()));
        }
    },
};

const TRANSACTION_TEXT: &str = r#"{"out_trade_no":"S00000000000000001","trade_state":"SUCCESS","appid":"wx1","mchid":"190001","transaction_id":"42000001","success_time":"2026-11-24T10:00:00+08:00","amount":{"total":99040,"currency":"CNY","payer_total":99040}}"#;
const REFUND_TEXT: &str = r#"{"mchid":"190001","out_refund_no":"RF1","refund_id":"R1","transaction_id":"42000001","refund_status":"SUCCESS","status":"SUCCESS","success_time":"2026-11-24T10:00:00+08:00","amount":{"total":99040,"refund":99040}}"#;

fn line(entry: BillEntry) -> BillLine {
    BillLine {
        at: now(),
        app_id: "wx1".to_owned(),
        mchid: "190001".to_owned(),
        transaction_id: "42000001".to_owned(),
        out_trade_no: "S00000000000000001".to_owned(),
        description: "社会保险费, 2026-11".to_owned(),
        entry,
    }
}

fn merchant() -> Merchant {
    let pem =
        include_str!("../../crates/channels/src/wechat_sandbox/keys/merchant_private_key.pem");
    Merchant {
        app_id: "wx1".to_owned(),
        mchid: "190001".to_owned(),
        key: SigningKey::from_pem("1", pem).expect("the sandbox's key"),
        api_v3_key: ApiV3Key::new("01234567890123456789012345678901").expect("32 characters"),
        notify_url: String::new(),
        refund_notify_url: String::new(),
    }
}

fn now() -> Timestamp {
    "2026-11-24T10:00:00+08:00".parse().expect("a moment")
}
