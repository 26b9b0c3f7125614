//! A person of the city of three with a phone, a sandbox WeChat, and a clock that tests move.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use channels::http_message::{Headers, Request};
use channels::http_send::Sender;
use channels::wechat_pay::client::Client;
use channels::wechat_pay::notification;
use channels::wechat_pay::order::{OpenId, Place, Prepared};
use channels::wechat_pay::order_number::OrderNumber;
use channels::wechat_pay::signature::{Nonce, Occasion};
use channels::wechat_sandbox::{self as sandbox, Sandbox};
use insurance::due::Due;
use insurance::ids::PersonId;
use insurance::ledger::Account;
use insurance::payment::{ChannelKind, Target};
use operations::verify::verify;
use operations::wechat::Gateway;
use operations::wechat::ask_order::{OrdersAsked, ask_orders};
use operations::wechat::order_payment::{Asked, Chosen, Ordered};
use operations::wechat::read_notices::{NoticesRead, Posted, keep_notice, read_notices};
use operations::wechat::reconcile_bill::{BillError, BillReconciled, reconcile_bill};
use operations::wechat::send_refunds::{RefundsSent, send_refunds};
use operations::wechat::show_order::{OrderView, show_order};
use operations::wechat::start_payment::{StartError, start_payment};
use store::Db;
use store::tables::entry;
use units::Timestamp;

use crate::city_of_three::CityOfThree;

/// The city, WeChat and the clock.
pub(crate) struct Payer {
    pub(crate) city: CityOfThree,
    pub(crate) gateway: Gateway,
    sandbox: Arc<Mutex<Sandbox>>,
    clock: Arc<AtomicI64>,
}

impl Payer {
    /// The city with its dues of November, at a moment.
    pub(crate) fn new(db: &Db, at: &str) -> Self {
        let city = CityOfThree::assessed(db);
        let start: Timestamp = at.parse().unwrap();
        let clock = Arc::new(AtomicI64::new(start.micros()));
        let sandbox = Arc::new(Mutex::new(Sandbox::new("https://wechat.example", 1)));
        let (other_side, time) = (sandbox.clone(), clock.clone());
        let answer = move |request: &Request| {
            let answer = other_side.lock().unwrap().answer(request, moment(&time));
            // A gateway's own answer stands for one that was lost.
            (answer.status != 502).then_some(answer)
        };
        let client = Client::new(
            sandbox::merchant("https://shebao.example/callbacks/wechat/pay"),
            "https://wechat.example".to_owned(),
            Sender::InProcess(Arc::new(answer)),
            sandbox::platform_keys(),
        );
        let (count, time) = (AtomicI64::new(1), clock.clone());
        let occasion = move || {
            let nonce = u128::try_from(count.fetch_add(1, Ordering::Relaxed)).unwrap();
            Occasion { at: moment(&time), nonce: Nonce::new(nonce.to_be_bytes()) }
        };
        let gateway = Gateway { client, occasion: Arc::new(occasion) };
        Self { city, gateway, sandbox, clock }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.city.db
    }

    pub(crate) fn now(&self) -> Timestamp {
        moment(&self.clock)
    }

    pub(crate) fn set_clock(&self, at: &str) {
        self.clock.store(at.parse::<Timestamp>().unwrap().micros(), Ordering::Relaxed);
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.store(self.now().plus_seconds(seconds).micros(), Ordering::Relaxed);
    }

    pub(crate) fn wechat(&self) -> MutexGuard<'_, Sandbox> {
        self.sandbox.lock().unwrap()
    }

    pub(crate) fn asked(&self, person: PersonId) -> Asked {
        let place = Place::OfficialAccount(OpenId("oUpF8uMuAJO".to_owned()));
        Asked { person, chosen: Chosen::All, place }
    }

    pub(crate) fn start(&self, asked: &Asked) -> Result<(Ordered, Prepared), StartError> {
        start_payment(self.db(), &self.city.city, &self.gateway, asked, self.now())
    }

    /// Places an order for everything and answers its number.
    pub(crate) fn order(&self, person: PersonId) -> OrderNumber {
        self.start(&self.asked(person)).unwrap().0.order.number
    }

    /// The person confirms in WeChat.
    pub(crate) fn confirm(&self, number: OrderNumber) {
        let now = self.now();
        self.wechat().pay(&number.to_string(), now).unwrap();
    }

    /// WeChat posts what is due; the callback keeps what is signed, and the job reads it.
    pub(crate) fn deliver(&self) -> NoticesRead {
        let now = self.now();
        let posted = self.wechat().deliveries(now);
        for notice in posted {
            self.post(&notice.headers, &notice.body);
        }
        self.read()
    }

    /// As the callback does: a forged notice is not kept.
    pub(crate) fn post(&self, headers: &Headers, body: &[u8]) {
        let (now, city) = (self.now(), self.city.city.clone());
        let merchant = &self.gateway.client.merchant;
        let keys = sandbox::platform_keys();
        if notification::read(merchant, &keys, (headers, body), now).is_err() {
            return;
        }
        let posted = Posted { headers: headers.clone(), body: body.to_vec(), readable: true };
        self.db().write(move |tx| keep_notice(tx, &city, &posted, now)).unwrap();
    }

    pub(crate) fn read(&self) -> NoticesRead {
        let merchant = &self.gateway.client.merchant;
        read_notices(self.db(), &self.city.city, merchant, self.now()).unwrap()
    }

    pub(crate) fn send_refunds(&self) -> RefundsSent {
        send_refunds(self.db(), &self.city.city, &self.gateway, self.now()).unwrap()
    }

    pub(crate) fn reconcile(&self, day: &str) -> Result<BillReconciled, BillError> {
        let about = (day.parse().unwrap(), "test");
        reconcile_bill(self.db(), &self.city.city, &self.gateway, about, self.now())
    }

    /// Cash at a bank's counter for one due, whatever else is under way.
    pub(crate) fn pay_at_counter(&self, reference: &str, due: &Due) {
        let counter = (ChannelKind::Counter, reference);
        let day = self.now().date_in_shanghai().to_string();
        self.city.pay_on(&day, counter, due.amount, Target::Due(due.key)).unwrap();
    }

    /// What stands on an account, debit minus credit, in fen.
    pub(crate) fn balance(&self, account: Account) -> i64 {
        let turnovers = self.db().read(entry::sum_by_account).unwrap();
        let found = turnovers.iter().find(|turnover| turnover.account == account);
        found.map_or(0, |turnover| turnover.debit.fen() - turnover.credit.fen())
    }

    pub(crate) fn ask(&self) -> OrdersAsked {
        ask_orders(self.db(), &self.city.city, &self.gateway, self.now()).unwrap()
    }

    pub(crate) fn view(&self, number: OrderNumber) -> OrderView {
        let now = self.now();
        self.db().read(|tx| show_order(tx, number, now)).unwrap().unwrap()
    }

    pub(crate) fn assert_clean(&self) {
        let verified = verify(self.db()).unwrap();
        assert!(verified.is_clean(), "{:?}", verified.findings);
    }
}

fn moment(clock: &AtomicI64) -> Timestamp {
    Timestamp::from_micros(clock.load(Ordering::Relaxed)).unwrap()
}
