use std::sync::{Arc, Mutex};

use insurance::ids::{PaymentId, PersonId, RefundId};
use insurance::payment::{Paid, Target};

use super::behaviour::Notices;
use super::payer::PayRefusal;
use super::*;
use crate::http_send::Sender;
use crate::wechat_account::{AccountRefusal, template_message, token, visitor};
use crate::wechat_pay::client::Client;
use crate::wechat_pay::errors::Meaning;
use crate::wechat_pay::notification::{self, Notification};
use crate::wechat_pay::order::{self, OpenId, Place, Prepared};
use crate::wechat_pay::order_number::{OrderNumber, RefundNumber};
use crate::wechat_pay::refund::{RefundOrder, RefundState};
use crate::wechat_pay::signature::SignatureRefusal;
use crate::wechat_pay::trade_bill::BillEntry;
use crate::wechat_pay::transaction::{Mismatch, Outcome, TradeState};

const NOON: &str = "2026-11-24T12:00:00+08:00";

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Fresh nonces by count.
fn occasion(at: Timestamp) -> Occasion {
    Occasion { at, nonce: Nonce::new([7; 16]) }
}

fn number() -> OrderNumber {
    OrderNumber { person: PersonId::from_i64(1_000_001), payment: PaymentId::from_i64(2_000_002) }
}

fn an_order(yuan: u32) -> order::Order {
    order::Order {
        number: number(),
        description: "灵活就业社保费 2026-11".to_owned(),
        amount: Fen::from_yuan(yuan),
        expires_at: moment("2026-11-24T12:30:00+08:00"),
    }
}

fn in_wechat() -> Place {
    Place::OfficialAccount(OpenId("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o".to_owned()))
}

/// A sandbox and a client to it in one process, both at noon.
fn pair() -> (Arc<Mutex<Sandbox>>, Client) {
    let sandbox = Arc::new(Mutex::new(Sandbox::new("http://127.0.0.1:1", 1)));
    let other_side = Arc::clone(&sandbox);
    let sender = Sender::InProcess(Arc::new(move |request| {
        Some(other_side.lock().unwrap().answer(request, moment(NOON)))
    }));
    let merchant = merchant("https://127.0.0.1:2/callbacks/wechat_pay");
    (sandbox, Client::new(merchant, "http://127.0.0.1:1".to_owned(), sender, platform_keys()))
}

fn place(client: &Client, yuan: u32) -> Result<Prepared, Meaning> {
    let placed = client.place(&an_order(yuan), &in_wechat(), &occasion(moment(NOON)));
    placed.map_err(|failure| failure.meaning())
}

#[test]
fn an_order_is_placed_paid_queried_and_billed() {
    let (sandbox, client) = pair();
    let now = occasion(moment(NOON));
    let Prepared::OfficialAccount { prepay_id } = place(&client, 1055).unwrap() else { panic!() };
    let unpaid = client.query(number(), &now).unwrap();
    let asked = Some(Fen::from_yuan(1055));
    assert_eq!(unpaid.outcome(&client.merchant, asked), Ok(Outcome::Unpaid));

    let call = order::pay_call(&client.merchant, &prepay_id, &now);
    let body = serde_json::to_vec(&call).unwrap();
    let answer = sandbox.lock().unwrap().pay_answer(&body, moment(NOON));
    assert_eq!(answer.body, br#"{"err_msg":"get_brand_wcpay_request:ok","reason":null}"#);

    let paid = client.query(number(), &now).unwrap();
    let Ok(Outcome::Paid(event)) = paid.outcome(&client.merchant, asked) else { panic!() };
    let target = Target::Attempt(number().person, number().payment);
    assert_eq!((event.amount, event.target), (Fen::from_yuan(1055), target));
    assert_eq!(event.accounting_on.to_string(), "2026-11-24");

    let notices = sandbox.lock().unwrap().deliveries(moment(NOON));
    let [notice] = notices.as_slice() else { panic!() };
    let received = (&notice.headers, notice.body.as_slice());
    let read = notification::read(&client.merchant, &client.keys(), received, moment(NOON));
    assert_eq!(read, Ok(Notification::Payment(paid)));
}

#[test]
fn money_that_is_not_as_asked_is_kept_for_a_clerk_and_never_lost() {
    let (sandbox, client) = pair();
    place(&client, 1055).unwrap();
    sandbox.lock().unwrap().pay(&number().to_string(), moment(NOON)).unwrap();
    let paid = client.query(number(), &occasion(moment(NOON))).unwrap();
    for (asked, why) in [
        (Some(Fen::from_yuan(1054)), Mismatch::AmountMustBeAsAsked),
        (None, Mismatch::OrderMustBeRecorded),
    ] {
        let outcome = paid.outcome(&client.merchant, asked).unwrap();
        let Outcome::PaidOtherwise(Paid { amount, target, .. }, reason) = outcome else { panic!() };
        assert_eq!((amount, target, reason), (Fen::from_yuan(1055), Target::Unknown, why));
    }
    let mut stranger = merchant("");
    stranger.mchid = "1900000000".to_owned();
    assert!(paid.outcome(&stranger, None).is_err());
}

#[test]
fn the_same_number_with_another_amount_is_refused_and_unchanged_is_not() {
    let (sandbox, client) = pair();
    let first = place(&client, 1055).unwrap();
    assert_ne!(place(&client, 1055).unwrap(), first, "each answer has its own prepay_id");
    assert_eq!(place(&client, 1056), Err(Meaning::NumberUsed));
    sandbox.lock().unwrap().pay(&number().to_string(), moment(NOON)).unwrap();
    assert_eq!(place(&client, 1055), Err(Meaning::AlreadyPaid));
    let close = client.close(number(), &occasion(moment(NOON))).unwrap_err();
    assert_eq!(close.meaning(), Meaning::AlreadyPaid);
}

#[test]
fn a_closed_or_expired_order_cannot_be_paid() {
    let (sandbox, client) = pair();
    place(&client, 1).unwrap();
    let number = number().to_string();
    let pay = |at: &str| sandbox.lock().unwrap().pay(&number, moment(at));
    assert_eq!(pay("2026-11-24T12:30:01+08:00"), Err(PayRefusal::OrderMustBeOpen));
    client.close(super::tests::number(), &occasion(moment(NOON))).unwrap();
    assert_eq!(pay("2026-11-24T12:30:00+08:00"), Err(PayRefusal::OrderMustBeOpen));
    let state = client.query(super::tests::number(), &occasion(moment(NOON))).unwrap().state;
    assert_eq!(state, TradeState::Closed);
}

#[test]
fn wrong_clocks_keys_bodies_and_unknown_fields_are_refused_by_the_sandbox() {
    let (sandbox, client) = pair();
    let request = order::request(&client.merchant, &an_order(1), &in_wechat()).unwrap();
    let now = occasion(moment(NOON));
    let signed = |request: &Request, at: &Occasion| {
        crate::wechat_pay::client::signed(&client.merchant, &client.keys(), request.clone(), at)
    };
    let status = |request: &Request| sandbox.lock().unwrap().answer(request, moment(NOON)).status;
    assert_eq!(status(&signed(&request, &now)), 200);
    let late = occasion(moment(NOON).plus_seconds(-301));
    assert_eq!(status(&signed(&request, &late)), 401);
    let mut changed = signed(&request, &now);
    changed.body = String::from_utf8(changed.body).unwrap().replace("100", "101").into_bytes();
    assert_eq!(status(&changed), 401);
    for (from, to) in
        [("\"payer\"", "\"surprise\":1,\"payer\""), ("\"payer\"", "\"attach\":null,\"payer\"")]
    {
        let text = String::from_utf8(request.body.clone()).unwrap().replace(from, to);
        let request = Request { body: text.into_bytes(), ..request.clone() };
        assert_eq!(status(&signed(&request, &now)), 400, "{to}");
    }
}

#[test]
fn an_app_signature_does_not_open_the_pages_pay_window() {
    let (sandbox, client) = pair();
    let now = occasion(moment(NOON));
    let Prepared::OfficialAccount { prepay_id } = place(&client, 1).unwrap() else { panic!() };
    let mut call = order::pay_call(&client.merchant, &prepay_id, &now);
    let bare = crate::wechat_pay::signature::pay_call_message(APP_ID, &prepay_id, &now);
    call.pay_sign = client.merchant.key.sign(&bare);
    let body = serde_json::to_vec(&call).unwrap();
    let answer = sandbox.lock().unwrap().pay_answer(&body, moment(NOON));
    assert!(String::from_utf8(answer.body).unwrap().contains("request:fail"));
}

#[test]
fn notices_come_late_repeated_forged_or_never_as_asked() {
    let refused = notification::NoticeRefusal::Signature(SignatureRefusal::SignatureMustVerify);
    for (notices, at, expected) in [
        (Notices::Prompt, 0, vec![true]),
        (Notices::Late, 0, vec![]),
        (Notices::Late, 600, vec![true]),
        (Notices::Repeated, 0, vec![true, true, true]),
        (Notices::ForgedFirst, 0, vec![false, true]),
        (Notices::Never, 86_400, vec![]),
    ] {
        let (sandbox, client) = pair();
        place(&client, 1).unwrap();
        let mut sandbox = sandbox.lock().unwrap();
        sandbox.behaviour.notices = notices;
        sandbox.pay(&number().to_string(), moment(NOON)).unwrap();
        let now = moment(NOON).plus_seconds(at);
        let good: Vec<bool> = sandbox
            .deliveries(now)
            .iter()
            .map(|notice| {
                let received = (&notice.headers, notice.body.as_slice());
                let read = notification::read(&client.merchant, &client.keys(), received, now);
                assert!(read.is_ok() || read == Err(refused.clone()));
                read.is_ok()
            })
            .collect();
        assert_eq!(good, expected, "{notices:?} after {at} s");
    }
}

#[test]
fn a_notice_that_is_not_accepted_comes_again_fifteen_times() {
    let (sandbox, client) = pair();
    place(&client, 1).unwrap();
    let mut sandbox = sandbox.lock().unwrap();
    sandbox.pay(&number().to_string(), moment(NOON)).unwrap();
    let (mut now, mut tries) = (moment(NOON), 0);
    while let Some(notice) = sandbox.deliveries(now).pop() {
        tries += 1;
        sandbox.not_accepted(notice, now);
        now = now.plus_seconds(6 * 3600);
    }
    assert_eq!(tries, 16, "the first try and fifteen more");
}

#[test]
fn a_refund_goes_back_once_and_says_so() {
    let (sandbox, client) = pair();
    let now = occasion(moment(NOON));
    place(&client, 100).unwrap();
    sandbox.lock().unwrap().behaviour.notices = Notices::Never;
    sandbox.lock().unwrap().pay(&number().to_string(), moment(NOON)).unwrap();
    sandbox.lock().unwrap().behaviour.notices = Notices::Prompt;
    let paid = client.query(number(), &now).unwrap();
    let refund = |yuan: u32, id: i64| RefundOrder {
        number: RefundNumber { person: number().person, refund: RefundId::from_i64(id) },
        transaction_id: paid.transaction_id.clone().unwrap(),
        reason: "重复缴费".to_owned(),
        amount: Fen::from_yuan(yuan),
        paid: Fen::from_yuan(100),
    };
    let (started, _) = client.refund(&refund(60, 1), &now).unwrap();
    assert_eq!(started.state, RefundState::Processing);
    let (again, _) = client.refund(&refund(60, 1), &now).unwrap();
    assert_eq!((again.refund_id, again.state), (started.refund_id, RefundState::Success));
    assert!(client.refund(&refund(41, 2), &now).is_err(), "more than was paid");
    client.refund(&refund(40, 2), &now).unwrap();
    let (ended, _) = client.query_refund(refund(40, 2).number, &now).unwrap();
    assert_eq!(ended.state, RefundState::Success);

    let notices = sandbox.lock().unwrap().deliveries(moment(NOON));
    let read = notices.iter().map(|notice| {
        let received = (&notice.headers, notice.body.as_slice());
        notification::read(&client.merchant, &client.keys(), received, moment(NOON)).unwrap()
    });
    let amounts: Vec<Fen> = read
        .map(|notice| match notice {
            Notification::Refund(refund) if refund.state == RefundState::Success => refund.amount,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(amounts, [Fen::from_yuan(60), Fen::from_yuan(40)]);
    let after = client.query(number(), &now).unwrap();
    let outcome = after.outcome(&client.merchant, Some(Fen::from_yuan(100)));
    assert!(matches!(outcome, Ok(Outcome::Paid(_))), "refunded money had arrived");
}

#[test]
fn a_bill_is_made_the_next_morning_and_an_empty_day_has_none() {
    let sandbox = Arc::new(Mutex::new(Sandbox::new("http://127.0.0.1:1", 1)));
    let clock = Arc::new(Mutex::new(moment(NOON)));
    let (other_side, reading) = (Arc::clone(&sandbox), Arc::clone(&clock));
    let sender = Sender::InProcess(Arc::new(move |request| {
        Some(other_side.lock().unwrap().answer(request, *reading.lock().unwrap()))
    }));
    let client =
        Client::new(merchant("https://a.cn/n"), "http://a".to_owned(), sender, platform_keys());
    place(&client, 100).unwrap();
    sandbox.lock().unwrap().pay(&number().to_string(), moment(NOON)).unwrap();
    sandbox.lock().unwrap().pay_without_order("stray-1", Fen::from_yuan(7), moment(NOON));

    let bill = |day: &str, at: &str| {
        *clock.lock().unwrap() = moment(at);
        let bill = client.trade_bill(day.parse().unwrap(), &[0, 1].map(|_| occasion(moment(at))));
        bill.map_err(|failure| failure.meaning())
    };
    let early = bill("2026-11-24", "2026-11-25T09:59:59+08:00");
    assert_eq!(early, Err(Meaning::BillNotReady));
    let lines = bill("2026-11-24", "2026-11-25T10:00:00+08:00").unwrap();
    let entries: Vec<_> = lines.iter().map(|line| (&*line.out_trade_no, &line.entry)).collect();
    let payment = |yuan| BillEntry::Payment { amount: Fen::from_yuan(yuan) };
    let ours = number().to_string();
    assert_eq!(entries, [(ours.as_str(), &payment(100)), ("stray-1", &payment(7))]);
    assert_eq!(bill("2026-11-23", "2026-11-25T10:00:00+08:00"), Ok(Vec::new()));
}

#[test]
fn certificates_download_and_then_verify() {
    let (_, client) = pair();
    let now = occasion(moment(NOON));
    let certificates_only = Client::new(
        merchant("https://a.cn/n"),
        "http://a".to_owned(),
        {
            let sandbox = Mutex::new(Sandbox::new("http://a", 2));
            Sender::InProcess(Arc::new(move |request| {
                Some(sandbox.lock().unwrap().answer(request, moment(NOON)))
            }))
        },
        PlatformKeys::new(),
    );
    assert_eq!(place(&certificates_only, 1), Err(Meaning::Unknown), "no key verifies as yet");
    let serials = certificates_only.refresh_certificates(&now).unwrap();
    assert_eq!(serials, [PLATFORM_SERIAL]);
    assert!(place(&certificates_only, 1).is_ok());
    assert!(client.refresh_certificates(&now).is_ok());
}

#[test]
fn a_visitor_is_told_once_per_code_and_a_throw_away_one_is_refused() {
    let mut sandbox = Sandbox::new("http://127.0.0.1:1", 1);
    let account = account();
    let code = |sandbox: &mut Sandbox| {
        let url = visitor::authorize_url("http://a", &account, "https://b.cn/back", "s t");
        let target = url.trim_start_matches("http://a").trim_end_matches("#wechat_redirect");
        let request = Request {
            method: Method::Get,
            target: target.to_owned(),
            headers: Headers::new(),
            body: Vec::new(),
        };
        let answer = sandbox.answer(&request, moment(NOON));
        let location = answer.headers.get("Location").unwrap().to_owned();
        assert!(location.starts_with("https://b.cn/back?code=") && location.ends_with("s%20t"));
        crate::http_message::query_value(location.split_once('?').unwrap().1, "code").unwrap()
    };
    let visit = |sandbox: &mut Sandbox, code: &str| {
        let answer = sandbox.answer(&visitor::exchange_request(&account, code), moment(NOON));
        visitor::read_visitor(&answer.body)
    };
    let first = code(&mut sandbox);
    assert_eq!(visit(&mut sandbox, &first).unwrap().0, Behaviour::default().visitor);
    assert_eq!(visit(&mut sandbox, &first), Err(AccountRefusal::Code(40029)));
    sandbox.behaviour.snapshot_visitor = true;
    let second = code(&mut sandbox);
    assert_eq!(visit(&mut sandbox, &second), Err(AccountRefusal::VisitorMustBeReal));
}

#[test]
fn a_template_message_needs_a_token_that_is_still_good() {
    let mut sandbox = Sandbox::new("http://127.0.0.1:1", 1);
    let now = moment(NOON);
    let ask = |sandbox: &mut Sandbox, at| {
        let answer = sandbox.answer(&token::request(&account()), at);
        token::read(&answer.body, at).unwrap()
    };
    let first = ask(&mut sandbox, now);
    assert_eq!(ask(&mut sandbox, now.plus_seconds(60)), first, "stable");
    let message = template_message::TemplateMessage {
        to: OpenId("o1".to_owned()),
        template_id: "T".to_owned(),
        url: None,
        client_msg_id: "n1".to_owned(),
        values: [("amount2", "1055.23元".to_owned())].into(),
    };
    let request = template_message::request(&message, &first).unwrap();
    let send = |sandbox: &mut Sandbox, at| {
        template_message::read_sent(&sandbox.answer(&request, at).body).unwrap()
    };
    let sent = send(&mut sandbox, now);
    assert_eq!(sent, template_message::Sent::Accepted { message_id: 200_228_333 });
    let expired = send(&mut sandbox, now.plus_seconds(7201));
    assert_eq!(expired, template_message::Sent::TokenMustBeRenewed);
    assert_eq!(sandbox.messages().len(), 1);
    assert_eq!(sandbox.messages()[0]["data"]["amount2"]["value"], "1055.23元");
}
