//! npm `wechatpay-axios-plugin` plays WeChat Pay: it verifies what we send, and we read what it
//! sends.
//!
//! `cargo xtask test` installs it; without it these tests fail and say so.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets a broken tool must stop")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use channels::http_message::{Headers, Method, Request};
use channels::http_send::Sender;
use channels::wechat_pay::client::Client;
use channels::wechat_pay::notification::{self, NoticeRefusal, Notification};
use channels::wechat_pay::order::{OpenId, Order, Place, Prepared, pay_call};
use channels::wechat_pay::order_number::OrderNumber;
use channels::wechat_pay::secret::CiphertextMustBeAuthentic;
use channels::wechat_pay::signature::{Nonce, Occasion, SignatureRefusal};
use channels::wechat_pay::trade_bill::{BillEntry, BillLine, write};
use channels::wechat_pay::transaction::Outcome;
use channels::wechat_sandbox as sandbox;
use insurance::ids::{PaymentId, PersonId};
use serde_json::Value;
use units::{Fen, Timestamp};

const NOON: &str = "2026-11-24T12:00:00+08:00";

/// The public half of the merchant's key in `wechat_sandbox/keys`.
const MERCHANT_PUBLIC_KEY: &str = include_str!("vectors/merchant_public_key.pem");
const PLATFORM_PRIVATE_KEY: &str =
    include_str!("../src/wechat_sandbox/keys/platform_private_key.pem");

struct Gateway {
    process: Child,
    url: String,
    sender: Sender,
}

impl Gateway {
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let modules = std::env::var_os("SHEBAO_TEST_NODE_MODULES").map_or_else(
            || folder.ancestors().nth(2).unwrap().join("target/test-tools/node/node_modules"),
            PathBuf::from,
        );
        assert!(
            modules.join("wechatpay-axios-plugin").is_dir(),
            "{} lacks wechatpay-axios-plugin: `cargo xtask test` installs it, or copy \
             crates/channels/tests/node/package*.json to target/test-tools/node and run npm ci \
             there",
            modules.display()
        );
        let mut process = Command::new("node")
            .arg(folder.join("tests/node/gateway.js"))
            .env("SHEBAO_TEST_NODE_MODULES", &modules)
            .env("MERCHANT_PUBLIC_KEY", MERCHANT_PUBLIC_KEY)
            .env("MERCHANT_SERIAL", sandbox::MERCHANT_SERIAL)
            .env("PLATFORM_PRIVATE_KEY", PLATFORM_PRIVATE_KEY)
            .env("PLATFORM_KEY_ID", sandbox::PLATFORM_KEY_ID)
            .env("API_V3_KEY", sandbox::API_V3_KEY)
            .env("APP_ID", sandbox::APP_ID)
            .env("MCHID", sandbox::MCHID)
            .env("NOW_SECONDS", now().seconds().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|failure| panic!("install Node.js 20 for this test ({failure})"));
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let url = format!("http://127.0.0.1:{}", port.trim());
        Self { process, url, sender: Sender::network(Duration::from_secs(10)) }
    }

    fn client(&self) -> Client {
        let merchant = sandbox::merchant("https://shebao.example/callbacks/wechat_pay");
        Client::new(merchant, self.url.clone(), self.sender.clone(), sandbox::platform_keys())
    }

    fn ask(&self, method: Method, target: &str, body: &[u8]) -> Value {
        let target = target.to_owned();
        let request = Request { method, target, headers: Headers::new(), body: body.to_vec() };
        let answer = self.sender.send(&self.url, &request).unwrap();
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// A notice for our order of 1055.23, tampered with as said.
    fn notice(&self, tampering: &str) -> Result<Notification, NoticeRefusal> {
        let target = format!("/test/notice?tampering={tampering}&number={}&total=105523", number());
        let notice = self.ask(Method::Get, &target, b"");
        let mut headers = Headers::new();
        for (name, value) in notice["headers"].as_object().unwrap() {
            headers.push(name, value.as_str().unwrap());
        }
        let body = notice["body"].as_str().unwrap().as_bytes();
        let merchant = sandbox::merchant("");
        notification::read(&merchant, &sandbox::platform_keys(), (&headers, body), now())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // The child is ours; when it has ended already there is nothing to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn now() -> Timestamp {
    NOON.parse().unwrap()
}

fn occasion() -> Occasion {
    Occasion { at: now(), nonce: Nonce::new([9; 16]) }
}

fn number() -> OrderNumber {
    OrderNumber { person: PersonId::from_i64(1_000_001), payment: PaymentId::from_i64(2_000_002) }
}

#[test]
fn it_verifies_our_order_query_close_and_pay_call_and_we_believe_its_answers() {
    let gateway = Gateway::start();
    let client = gateway.client();
    let order = Order {
        number: number(),
        description: "灵活就业社保费 2026-11".to_owned(),
        amount: "1055.23".parse().unwrap(),
        expires_at: now().plus_seconds(1800),
    };
    let place = Place::OfficialAccount(OpenId("oUpF8".to_owned()));
    let prepared = client.place(&order, &place, &occasion()).unwrap();
    let Prepared::OfficialAccount { prepay_id } = prepared else { panic!("{prepared:?}") };
    let call = pay_call(&client.merchant, &prepay_id, &occasion());
    let call = serde_json::to_vec(&call).unwrap();
    assert_eq!(gateway.ask(Method::Post, "/test/pay_call", &call), true);

    let transaction = client.query(number(), &occasion()).unwrap();
    let outcome = transaction.outcome(&client.merchant, Some(order.amount));
    assert!(matches!(outcome, Ok(Outcome::Paid(_))), "{outcome:?}");
    client.close(number(), &occasion()).unwrap();
}

#[test]
fn it_refuses_a_request_of_another_merchant() {
    let gateway = Gateway::start();
    let mut merchant = sandbox::merchant("https://shebao.example/n");
    merchant.mchid = "1900000000".to_owned();
    let keys = sandbox::platform_keys();
    let client = Client::new(merchant, gateway.url.clone(), gateway.sender.clone(), keys);
    let failure = client.query(number(), &occasion()).unwrap_err();
    assert!(failure.to_string().contains("401 SIGN_ERROR"), "{failure}");
}

#[test]
fn we_accept_its_notice_and_refuse_each_way_of_tampering_by_name() {
    use SignatureRefusal as Refusal;
    let gateway = Gateway::start();
    let Ok(Notification::Payment(transaction)) = gateway.notice("none") else { panic!() };
    assert_eq!(transaction.out_trade_no, number().to_string());
    assert_eq!(transaction.total, Some("1055.23".parse().unwrap()));
    for (tampering, refusal) in [
        ("body", Refusal::SignatureMustVerify.into()),
        ("signature", Refusal::SignatureMustVerify.into()),
        ("nonce", Refusal::SignatureMustVerify.into()),
        ("probe", Refusal::SignatureMustNotBeAProbe.into()),
        ("clock", Refusal::ClockMustAgree.into()),
        ("serial", Refusal::SerialMustBeKnown("PUB_KEY_ID_OTHER".to_owned()).into()),
        ("associated_data", CiphertextMustBeAuthentic.into()),
    ] {
        assert_eq!(gateway.notice(tampering), Err::<_, NoticeRefusal>(refusal), "{tampering}");
    }
}

#[test]
fn it_reads_the_bill_that_our_sandbox_writes() {
    let gateway = Gateway::start();
    let line = BillLine {
        at: now(),
        app_id: sandbox::APP_ID.to_owned(),
        mchid: sandbox::MCHID.to_owned(),
        transaction_id: "4200000263202611247700134212".to_owned(),
        out_trade_no: number().to_string(),
        description: "灵活就业社保费,共3项".to_owned(),
        entry: BillEntry::Payment { amount: Fen::from_yuan(1055) },
    };
    let file = base64::engine::general_purpose::STANDARD.encode(write(&[line]));
    let bill = gateway.ask(Method::Post, "/test/bill", file.as_bytes());
    assert_eq!(bill["rows"][0]["商品名称"], "灵活就业社保费,共3项");
    assert_eq!(bill["rows"][0]["订单金额"], "1055.00");
    assert_eq!(bill["summary"]["总交易单数"], "1");
    assert_eq!(bill["summary"]["订单总金额"], "1055.00");
}
