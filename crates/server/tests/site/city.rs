//! A small invented city as it stands on Tuesday, 24 November 2026, made by the program's own
//! operations: 张三 owes November, 李四 fell into arrears in September, 王五 has paid everything.

use std::sync::Arc;

use insurance::cause::Cause;
use insurance::identity_number::IdentityNumber;
use insurance::ids::{IdSource, MessageId, PersonId, RunId};
use insurance::mobile_number::MobileNumber;
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use insurance::reconciliation::Line;
use insurance::social_security_card::SocialSecurityCard;
use operations::City;
use operations::assess_month::assess_month;
use operations::close_month::close_month;
use operations::enrol::{EnrolmentForm, MandateForm, enrol};
use operations::reconcile_day::{Statement, reconcile_day};
use operations::record_event::{RecordError, record_event};
use policy::{Branch, BranchSet};
use server::app::App;
use server::clock::Clock;
use server::evidence_folder::EvidenceFolder;
use server::vault::Vault;
use store::{Db, tables::due};
use units::{Fen, Month, Timestamp};

/// Ten o'clock on the day that the tests look at.
pub(crate) fn now() -> Timestamp {
    at("2026-11-24")
}

/// Evidence is named by its content, so tests share a folder.
pub(crate) fn evidence() -> EvidenceFolder {
    EvidenceFolder::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/evidence"))
}

/// A key that seals the secrets of these cities.
pub(crate) fn vault() -> Vault {
    let file = format!("{}/site-{}.key", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    Vault::create(file.as_ref()).unwrap()
}

/// The people of the city.
#[derive(Clone, Copy, Debug)]
pub(crate) struct People {
    /// 张三: pays every month by WeChat; November is open; has a mandate.
    pub(crate) zhang: PersonId,
    /// 李四: paid July and August; in arrears since September, suspended since 1 October.
    pub(crate) li: PersonId,
    /// 王五: paid everything at the counter.
    pub(crate) wang: PersonId,
}

/// The city in a database.
pub(crate) fn fill(db: &Db) -> (Arc<App>, People) {
    fill_as_of(db, now())
}

/// The same city, looked at later.
pub(crate) fn fill_as_of(db: &Db, seen_at: Timestamp) -> (Arc<App>, People) {
    let city = City::new(policy::Pack::shipped("nanjing").unwrap().into(), IdSource::new(0));
    let joined = at("2026-07-02");
    let join = |identity: &'static str, name: &'static str, base: u32| {
        let form = form(identity, name, base);
        let city = city.clone();
        let cause = Cause::Run(RunId::from_i64(1));
        db.write(move |tx| enrol(tx, &city, &form, cause, joined)).unwrap()
    };
    let people = People {
        zhang: join("320104198503151233", "张三", 4952),
        li: join("320106197712052424", "李四", 6000),
        wang: join("320102199001014513", "王五", 8000),
    };
    for month in ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11"] {
        live(db, &city, people, month.parse().unwrap());
    }
    let app = App {
        db: db.clone(),
        city,
        clock: Clock::Fixed(seen_at),
        sandbox: true,
        wechat: None,
        vault: vault(),
        evidence: evidence(),
    };
    (Arc::new(app), people)
}

/// A month: assessed, paid by whoever pays, and closed when it lies before the tests' day.
fn live(db: &Db, city: &City, people: People, month: Month) {
    let paid_at = at(&format!("{month}-05"));
    assess_month(db, city, (month, "test"), paid_at, &mut |_, _| {}).unwrap();
    pay(db, city, (people.wang, ChannelKind::Counter), (month, paid_at));
    if month < "2026-09".parse().unwrap() {
        pay(db, city, (people.li, ChannelKind::BankBatch), (month, paid_at));
    }
    if month < now().date_in_shanghai().month() {
        pay(db, city, (people.zhang, ChannelKind::Wechat), (month, paid_at));
        let later = at(&format!("{}-10", month.next()));
        close_month(db, city, (month, "test"), later, &mut |_, _| {}).unwrap();
    }
}

fn pay(
    db: &Db,
    city: &City,
    (person, channel): (PersonId, ChannelKind),
    (month, paid_at): (Month, Timestamp),
) {
    let dues = db.read(|tx| due::list_unpaid(tx, person)).unwrap();
    let amount = dues.iter().filter(|due| due.key.month == month).map(|due| due.amount).sum();
    let reference = format!("{}-{month}-{person}", channel.word());
    let accounting_on = paid_at.date_in_shanghai();
    let line = Line { reference: reference.clone(), amount };
    let target = Target::Person(person);
    let paid =
        ChannelEvent::Paid(Paid { channel, reference, amount, paid_at, accounting_on, target });
    let (booking, message) = (city.clone(), MessageId::from_i64(1));
    db.write(move |tx| -> Result<_, RecordError> {
        record_event(tx, &booking, &paid, message, paid_at)
    })
    .unwrap();
    let statement = Statement { channel, accounting_on, lines: vec![line] };
    reconcile_day(db, city, statement, "test", paid_at).unwrap();
}

fn form(identity: &str, name: &str, base: u32) -> EnrolmentForm {
    EnrolmentForm {
        identity: IdentityNumber::parse(identity, now().date_in_shanghai()).unwrap(),
        name: name.to_owned(),
        card: Some(SocialSecurityCard::parse(card_of(name)).unwrap()),
        phone: Some(MobileNumber::parse("13800001234").unwrap()),
        household: None,
        office: "gulou".to_owned(),
        branches: BranchSet::EMPTY.with(Branch::Pension).with(Branch::Medical),
        base: Fen::from_yuan(base),
        from: "2026-07".parse().unwrap(),
        mandate: (name == "张三").then(|| MandateForm {
            bank: "ccb".to_owned(),
            account_number: "6217001234567890122".to_owned(),
            holder: name.to_owned(),
            signed_on: "2026-07-02".parse().unwrap(),
        }),
    }
}

/// A statement of the counter that names money nobody booked.
pub(crate) fn strange_statement(app: &App) {
    let line = Line { reference: "ccb/2026-11-20/77".to_owned(), amount: Fen::from_yuan(450) };
    let accounting_on = at("2026-11-20").date_in_shanghai();
    let statement = Statement { channel: ChannelKind::Counter, accounting_on, lines: vec![line] };
    reconcile_day(&app.db, &app.city, statement, "counter", at("2026-11-20")).unwrap();
}

/// The number on a person's social security card.
pub(crate) fn card_of(name: &str) -> &'static str {
    match name {
        "张三" => "A10000001",
        "李四" => "A10000002",
        _ => "A10000003",
    }
}

fn at(day: &str) -> Timestamp {
    format!("{day}T10:00:00+08:00").parse().unwrap()
}
