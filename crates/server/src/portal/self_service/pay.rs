//! `/self-service/pay` 立即缴费: begins an order and takes the payer to WeChat: by the bridge inside
//! WeChat, by a link on another phone, by a code to scan on any other screen.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use channels::wechat_pay::order::{OpenId, PayCall, Place, Prepared};
use channels::wechat_pay::order_number::OrderNumber;
use insurance::payment::DueKey;
use operations::wechat::ask_order::{ask_order, close_order};
use operations::wechat::order_payment::{Asked, Chosen, payable_dues};
use operations::wechat::show_order::{OrderView, show_order};
use operations::wechat::start_payment::{StartError, start_payment};
use policy::{Text, WindowKind};
use store::tables::inquiry;
use store::tables::wechat_order::OrderState;
use store::tables::wechat_visitor::VisitorAnswer;
use units::Fen;

use super::qr::Qr;
use super::ticket::Inquiring;
use super::{OWED, PAY, RECEIPT, owed, visitor};
use crate::app::App;
use crate::site::device::{Browser, Device};
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::headers;
use crate::site::page::page;
use crate::site::visit::Visit;
use crate::wechat::Wechat;

/// How the payer gets to WeChat.
enum Way {
    /// The bridge of WeChat's browser.
    Bridge(PayCall),
    /// A link that a phone opens in WeChat.
    Link(String),
    /// A code on this screen.
    Code(Qr),
    /// What WeChat gave has grown old: the button makes a new one.
    Again,
}

#[derive(Template)]
#[template(path = "portal/self_service/pay.html")]
struct PayPage {
    visit: Visit,
    order: OrderView,
    way: Way,
    bridge_script: Option<String>,
    window: WindowKind,
}

impl PayPage {
    /// Whether the page looks again by itself: the payer holds another device.
    fn is_watched(&self) -> bool {
        matches!(self.way, Way::Code(_))
    }

    fn is_bridge(&self) -> bool {
        matches!(self.way, Way::Bridge(_))
    }
}

/// `POST /self-service/pay`.
pub(crate) async fn start(
    State(app): State<Arc<App>>,
    visit: Visit,
    device: Device,
    inquiring: Inquiring,
    form: Form,
) -> Result<Response, Failure> {
    let person = inquiring.person;
    let Some(wechat) = app.wechat.clone() else {
        return owed::answer(&app, visit, device, (person, None)).await;
    };
    let Some(place) = place(&app, &visit, &device).await? else {
        return owed::answer(&app, visit, device, (person, None)).await;
    };
    let Some(chosen) = chosen(&app, &visit, person, &form).await? else {
        return owed::answer(&app, visit, device, (person, Some(SUM_HAS_CHANGED))).await;
    };
    let asked = Asked { person, chosen: Chosen::These(chosen), place };
    let (db, city, now) = (app.db.clone(), app.city.clone(), app.clock.now());
    let begun = move || start_payment(&db, &city, &wechat.gateway, &asked, now);
    let refusal = match tokio::task::spawn_blocking(begun).await? {
        Ok((ordered, _)) => {
            let (hash, payment) = (inquiring.hash, ordered.order.number.payment);
            app.db.write_async(move |tx| inquiry::set_payment(tx, &hash, payment)).await?;
            return Ok(Redirect::to(&visit.link(PAY)).into_response());
        }
        Err(StartError::Refused(refusal)) => refusal.message(),
        Err(StartError::Failed(failure)) => {
            eprintln!("self-service: {:#}", anyhow::Error::from(failure));
            WECHAT_IS_SILENT
        }
    };
    owed::answer(&app, visit, device, (person, Some(refusal))).await
}

const SUM_HAS_CHANGED: Text = Text::fixed(
    "应缴金额刚刚有变化，没有扣款。请看下面的新金额，再按“立即缴费”。",
    "What is owed has just changed, and nothing was taken. See the new sum below, then press “Pay now”.",
);

const WECHAT_IS_SILENT: Text = Text::fixed(
    "微信支付没有回应，没有扣款。请过一会儿再按“立即缴费”。",
    "WeChat Pay did not answer, and nothing was taken. Press “Pay now” again in a moment.",
);

/// `GET /self-service/pay`.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    inquiring: Inquiring,
) -> Result<Response, Failure> {
    let Some(wechat) = app.wechat.clone() else {
        return Ok(Redirect::to(&visit.link(OWED)).into_response());
    };
    let Some(order) = order(&app, &inquiring).await? else {
        return Ok(Redirect::to(&visit.link(OWED)).into_response());
    };
    let way = way(&wechat, order.prepared.as_ref());
    // A code is scanned by another phone: only asking tells this screen that it was.
    let is_watched = matches!(way, Way::Code(_));
    let order = if is_watched { asked(&app, &wechat, order).await? } else { order };
    if order.state != OrderState::Open {
        return Ok(Redirect::to(&visit.link(RECEIPT)).into_response());
    }
    let bridge_script = wechat.bridge_script.clone().filter(|_| matches!(way, Way::Bridge(_)));
    let policy = bridge_script.as_deref().map(headers::policy_with);
    let window = WindowKind::Wechat;
    let mut response = page(&PayPage { visit, order, way, bridge_script, window });
    if let Some(policy) = policy {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// `POST /self-service/cancel`: ends the order at WeChat, so that the dues can be paid elsewhere.
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    visit: Visit,
    inquiring: Inquiring,
    _: Form,
) -> Result<Response, Failure> {
    let (Some(wechat), Some(number)) = (app.wechat.clone(), number(&inquiring)) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let (db, city, now) = (app.db.clone(), app.city.clone(), app.clock.now());
    let close = move || close_order(&db, &city, &wechat.gateway, number, now);
    let closed = tokio::task::spawn_blocking(close).await?;
    // Unknown: the receipt's page goes on asking.
    let onward = if closed.is_ok_and(|settled| settled.is_final()) { OWED } else { RECEIPT };
    let is_paid = order(&app, &inquiring).await?.is_some_and(|it| it.state == OrderState::Paid);
    Ok(Redirect::to(&visit.link(if is_paid { RECEIPT } else { onward })).into_response())
}

/// The order that was begun last.
pub(super) async fn order(
    app: &App,
    inquiring: &Inquiring,
) -> Result<Option<OrderView>, store::Error> {
    let Some(number) = number(inquiring) else { return Ok(None) };
    let now = app.clock.now();
    app.db.read_async(move |tx| show_order(tx, number, now)).await
}

/// The order after WeChat was asked for it; as it was, when WeChat does not answer.
pub(super) async fn asked(
    app: &App,
    wechat: &Wechat,
    order: OrderView,
) -> Result<OrderView, Failure> {
    if order.state != OrderState::Open {
        return Ok(order);
    }
    let (db, city, gateway) = (app.db.clone(), app.city.clone(), wechat.gateway.clone());
    let (number, now) = (order.number, app.clock.now());
    let ask = move || ask_order(&db, &city, &gateway, number, now);
    if let Err(failure) = tokio::task::spawn_blocking(ask).await? {
        eprintln!("self-service: {:#}", anyhow::Error::from(failure));
        return Ok(order);
    }
    let found = app.db.read_async(move |tx| show_order(tx, number, now)).await?;
    Ok(found.unwrap_or(order))
}

fn number(inquiring: &Inquiring) -> Option<OrderNumber> {
    let payment = inquiring.payment?;
    Some(OrderNumber { person: inquiring.person, payment })
}

async fn place(app: &App, visit: &Visit, device: &Device) -> Result<Option<Place>, store::Error> {
    Ok(match device.browser {
        Browser::Wechat => match visitor::find(app, visit).await? {
            VisitorAnswer::Known(openid) => Some(Place::OfficialAccount(OpenId(openid))),
            VisitorAnswer::ThrowAway | VisitorAnswer::None => None,
        },
        Browser::Phone => Some(Place::PhoneBrowser { payer_ip: device.address() }),
        Browser::Other => Some(Place::QrCode),
    })
}

/// The dues behind the sum that the person saw; `None` when it is another sum by now.
async fn chosen(
    app: &App,
    visit: &Visit,
    person: insurance::ids::PersonId,
    form: &Form,
) -> Result<Option<Vec<DueKey>>, store::Error> {
    let (city, today) = (app.city.clone(), visit.today.date);
    let dues = app.db.read_async(move |tx| payable_dues(tx, &city, person, today)).await?;
    let sum: Fen = dues.iter().map(|due| due.amount).sum();
    let is_seen = form.value("sum") == sum.to_string();
    Ok(is_seen.then(|| dues.iter().map(|due| due.key).collect()))
}

fn way(wechat: &Wechat, prepared: Option<&Prepared>) -> Way {
    match prepared {
        Some(Prepared::OfficialAccount { prepay_id }) => Way::Bridge(wechat.pay_call(prepay_id)),
        Some(Prepared::PhoneBrowser { h5_url }) => Way::Link(h5_url.clone()),
        Some(Prepared::QrCode { code_url }) => Qr::of(code_url).map_or(Way::Again, Way::Code),
        None => Way::Again,
    }
}
