//! A desk in Gulou district, its clerk, and 张三 who comes to it.

use std::sync::Arc;

use insurance::cause::Cause;
use insurance::identity_number::IdentityNumber;
use insurance::ids::{IdSource, PersonId, RunId, TaskId};
use insurance::mobile_number::MobileNumber;
use operations::City;
use operations::desk::join::{NoticeWish, join};
use operations::desk::{AtDesk, DeskRefusal};
use operations::enrol::EnrolmentForm;
use policy::{Branch, BranchSet, Pack};
use store::Db;
use store::tables::employer_month::{self, EmployerMonth};
use units::{Fen, Month, Timestamp};

pub(crate) const ZHANG: &str = "320102199001010010";

pub(crate) fn nanjing() -> City {
    City::new(Arc::new(Pack::shipped("nanjing").unwrap()), IdSource::new(0))
}

pub(crate) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// A clerk of an office, at ten on a day.
pub(crate) fn at(office: &str, day: &str) -> AtDesk {
    let now: Timestamp = format!("{day}T10:00:00+08:00").parse().unwrap();
    let cause = Cause::Task(TaskId::from_i64(77));
    AtDesk { account: "wu-min".to_owned(), office: office.to_owned(), cause, now }
}

pub(crate) fn both() -> BranchSet {
    BranchSet::EMPTY.with(Branch::Pension).with(Branch::Medical)
}

/// 张三 at Gulou, from a month on.
pub(crate) fn form(from: &str) -> EnrolmentForm {
    EnrolmentForm {
        identity: IdentityNumber::parse(ZHANG, "2026-11-24".parse().unwrap()).unwrap(),
        name: "张三".to_owned(),
        card: None,
        phone: Some(MobileNumber::parse("13800001234").unwrap()),
        household: Some("安徽省滁州市".to_owned()),
        office: "gulou".to_owned(),
        branches: both(),
        base: Fen::from_yuan(4952),
        from: month(from),
        mandate: None,
    }
}

pub(crate) fn joins(
    db: &Db,
    city: &City,
    form: &EnrolmentForm,
    at: &AtDesk,
) -> Result<PersonId, DeskRefusal> {
    let (city, form, at) = (city.clone(), form.clone(), at.clone());
    db.write(move |tx| join(tx, &city, (&form, NoticeWish::On), &at))
}

/// What an employer declared for a person.
pub(crate) fn employed(db: &Db, person: PersonId, declared: &str) {
    let declared = EmployerMonth {
        person,
        month: month(declared),
        employer: "91320102MA1W000167".to_owned(),
        employer_name: "南京云锦机械有限公司".to_owned(),
        branches: BranchSet::ALL,
        base: Fen::from_yuan(8000),
        paid_on: None,
        run: RunId::from_i64(1),
    };
    db.write(move |tx| employer_month::set_declared(tx, &declared)).unwrap();
}

/// The sentence that is read out.
pub(crate) fn sentence<T: std::fmt::Debug>(
    city: &City,
    refused: Result<T, DeskRefusal>,
) -> policy::Text {
    refused.unwrap_err().message(city)
}
