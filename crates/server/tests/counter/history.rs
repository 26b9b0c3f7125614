//! Somebody who paid for a while and then did not: cover is suspended.

use insurance::cause::Cause;
use insurance::identity_number::IdentityNumber;
use insurance::ids::{IdSource, MessageId, PersonId, RunId};
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use insurance::reconciliation::Line;
use insurance::social_security_card::SocialSecurityCard;
use operations::City;
use operations::assess_month::assess_month;
use operations::close_month::close_month;
use operations::enrol::{EnrolmentForm, enrol};
use operations::reconcile_day::{Statement, reconcile_day};
use operations::record_event::{RecordError, record_event};
use policy::{Branch, BranchSet};
use store::Db;
use store::tables::due;
use units::{Fen, Month, Timestamp};

use crate::city::{CARD, IDENTITY};

/// [`IDENTITY`] joined in July, paid July and August, and owes since September: suspended since
/// 1 October. November is open.
pub(crate) fn somebody_suspended(url: &str) {
    let db = Db::open(&url.parse().unwrap()).unwrap();
    let city = City::new(policy::Pack::shipped("nanjing").unwrap().into(), IdSource::new(2));
    let joined = at("2026-07-02");
    let (form, booking) = (form(joined), city.clone());
    let cause = Cause::Run(RunId::from_i64(1));
    let person = db.write(move |tx| enrol(tx, &booking, &form, cause, joined)).unwrap();
    for month in ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11"] {
        let (month, now): (Month, _) = (month.parse().unwrap(), at(&format!("{month}-05")));
        assess_month(&db, &city, (month, "test"), now, &mut |_, _| {}).unwrap();
        if month < "2026-09".parse().unwrap() {
            pay(&db, &city, person, now);
        }
        if month < "2026-11".parse().unwrap() {
            let later = at(&format!("{}-08", month.next()));
            close_month(&db, &city, (month, "test"), later, &mut |_, _| {}).unwrap();
        }
    }
}

fn form(joined: Timestamp) -> EnrolmentForm {
    EnrolmentForm {
        identity: IdentityNumber::parse(IDENTITY, joined.date_in_shanghai()).unwrap(),
        name: "张三".to_owned(),
        card: Some(SocialSecurityCard::parse(CARD).unwrap()),
        phone: None,
        household: None,
        office: "xuanwu".to_owned(),
        branches: BranchSet::EMPTY.with(Branch::Pension).with(Branch::Medical),
        base: Fen::from_yuan(4952),
        from: "2026-07".parse().unwrap(),
        mandate: None,
    }
}

/// Everything that is owed, through WeChat.
fn pay(db: &Db, city: &City, person: PersonId, paid_at: Timestamp) {
    let channel = ChannelKind::Wechat;
    let dues = db.read(|tx| due::list_unpaid(tx, person)).unwrap();
    let amount = dues.iter().map(|due| due.amount).sum();
    let accounting_on = paid_at.date_in_shanghai();
    let reference = format!("history-{accounting_on}");
    let line = Line { reference: reference.clone(), amount };
    let target = Target::Person(person);
    let paid =
        ChannelEvent::Paid(Paid { channel, reference, amount, paid_at, accounting_on, target });
    let (booking, message) = (city.clone(), MessageId::from_i64(1));
    let booked = db.write(move |tx| -> Result<_, RecordError> {
        record_event(tx, &booking, &paid, message, paid_at)
    });
    booked.unwrap();
    let statement = Statement { channel, accounting_on, lines: vec![line] };
    reconcile_day(db, city, statement, "test", paid_at).unwrap();
}

fn at(day: &str) -> Timestamp {
    format!("{day}T10:00:00+08:00").parse().unwrap()
}
