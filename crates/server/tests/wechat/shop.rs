//! A city that somebody can pay by WeChat in: the program's own router, a sandbox WeChat, and a
//! clock that tests move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use channels::http_message::Headers;
use channels::wechat_pay::order::{OpenId, Place};
use channels::wechat_pay::order_number::OrderNumber;
use insurance::ids::{IdSource, PersonId};
use operations::City;
use operations::assess_month::assess_month;
use operations::import_file::{ImportKind, Source, import_file};
use operations::verify::verify;
use operations::wechat::order_payment::{Asked, Chosen};
use operations::wechat::show_order::{OrderView, show_order};
use operations::wechat::start_payment::start_payment;
use server::app::App;
use server::callbacks;
use server::clock::Clock;
use server::wechat::practice::Practice;
use server::wechat::{Now, Wechat};
use store::Db;
use store::tables::{due, inbound_message, person};
use tower::ServiceExt;
use units::{Fen, Timestamp};

pub(crate) const NOON: &str = "2026-11-24T12:00:00+08:00";

const PEOPLE: &str = "\
identity_number,name,card_number,phone,office,branches,base,from,bank,account_number
320102199001010010,张三,A10000001,,xuanwu,pension+medical+unemployment,4952,2026-01,,
320115198512312341,李四,A10000002,,jiangning,pension+medical,6000,2026-01,,
";

/// The city and its WeChat.
pub(crate) struct Shop {
    pub(crate) app: Arc<App>,
    pub(crate) practice: Practice,
    clock: Arc<AtomicI64>,
}

impl Shop {
    /// The city at noon of the 24th, connected to a sandbox.
    pub(crate) fn new(db: &Db) -> Self {
        let practice = Practice::new("https://wechat.example", 1);
        let clock = Arc::new(AtomicI64::new(noon().micros()));
        let time = clock.clone();
        let now: Now =
            Arc::new(move || Timestamp::from_micros(time.load(Ordering::Relaxed)).unwrap());
        let callbacks = "https://shebao.example/callbacks/wechat";
        let wechat = practice.connect_at("https://wechat.example", callbacks, now);
        Self { app: Self::app(db, wechat), practice, clock }
    }

    /// The city at noon of the 24th, connected to any WeChat.
    pub(crate) fn app(db: &Db, wechat: Wechat) -> Arc<App> {
        let pack = policy::Pack::shipped("nanjing").unwrap();
        let city = City::new(Arc::new(pack), IdSource::new(1));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let input = std::io::Cursor::new(PEOPLE);
        let file = Source { kind: ImportKind::People, input, actor: "test", office: None };
        let imported = at("2026-10-30T09:00:00+08:00");
        import_file(db, &city, file, imported, &mut |_, _| {}).unwrap();
        let about = ("2026-11".parse().unwrap(), "test");
        let first = at("2026-11-01T09:00:00+08:00");
        assess_month(db, &city, about, first, &mut |_, _| {}).unwrap();
        let clock = Clock::Fixed(noon());
        let evidence = server::evidence_folder::EvidenceFolder::new(env!("CARGO_TARGET_TMPDIR"));
        let (db, wechat, vault) = (db.clone(), Some(wechat), Self::vault());
        Arc::new(App { db, city, clock, sandbox: true, wechat, vault, evidence })
    }

    /// No key: these cities keep no secrets.
    pub(crate) fn vault() -> server::vault::Vault {
        server::vault::Vault::open("no.key".as_ref()).unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    pub(crate) fn confirm(&self, number: OrderNumber) {
        let now = self.now();
        self.practice.sandbox().pay(&number.to_string(), now).unwrap();
    }

    /// Posts what is due to the program's router; answers the statuses.
    pub(crate) fn deliver(&self) -> Vec<StatusCode> {
        let now = self.now();
        let due = self.practice.sandbox().deliveries(now);
        let post = |notice: &channels::wechat_sandbox::notices::Delivery| {
            let path = notice.url.strip_prefix("https://shebao.example").unwrap();
            post(&self.app, path, &notice.headers, &notice.body)
        };
        due.iter().map(post).collect()
    }
}

pub(crate) fn noon() -> Timestamp {
    NOON.parse().unwrap()
}

pub(crate) fn person_of(app: &App, index: usize) -> PersonId {
    app.db.read(|tx| person::list_first(tx, 9)).unwrap()[index].id
}

pub(crate) fn owed(app: &App, person: PersonId) -> Fen {
    let unpaid = app.db.read(|tx| due::list_unpaid(tx, person)).unwrap();
    unpaid.iter().map(|due| due.amount).sum()
}

/// Places an order for everything that a person owes.
pub(crate) fn order(app: &App, person: PersonId) -> OrderNumber {
    let place = Place::OfficialAccount(OpenId("oUpF8".to_owned()));
    let asked = Asked { person, chosen: Chosen::All, place };
    let gateway = &app.wechat.as_ref().unwrap().gateway;
    let (ordered, _) = start_payment(&app.db, &app.city, gateway, &asked, noon()).unwrap();
    ordered.order.number
}

pub(crate) fn view(app: &App, number: OrderNumber) -> OrderView {
    app.db.read(|tx| show_order(tx, number, noon())).unwrap().unwrap()
}

pub(crate) fn waiting(app: &App) -> usize {
    let wechat = insurance::payment::ChannelKind::Wechat;
    app.db.read(|tx| inbound_message::list_waiting(tx, wechat, 99)).unwrap().len()
}

pub(crate) fn assert_clean(app: &App) {
    let verified = verify(&app.db).unwrap();
    assert!(verified.is_clean(), "{:?}", verified.findings);
}

/// Posts bytes to the callbacks.
pub(crate) fn post(app: &Arc<App>, path: &str, headers: &Headers, body: &[u8]) -> StatusCode {
    call(callbacks::wechat::router(app.clone()), path, headers, body).0
}

/// Calls a router as WeChat would; answers status and body.
pub(crate) fn call(
    router: Router,
    path: &str,
    headers: &Headers,
    body: &[u8],
) -> (StatusCode, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut request = Request::post(path);
        for (name, value) in headers.iter() {
            request = request.header(name, value);
        }
        let answer =
            router.oneshot(request.body(Body::from(body.to_vec())).unwrap()).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    })
}
