//! An office with three people behind it, and what they do with cases.

use insurance::casework::evidence::EvidenceKind;
use insurance::casework::form::{AccountWish, CaseForm, Payee};
use insurance::casework::state::CaseState;
use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::due::Due;
use insurance::ids::PersonId;
use insurance::payment::{ChannelKind, Target};
use insurance::payment_order::{OrderEvent, OrderState, PaymentOrder};
use operations::casework::add_evidence::{NewEvidence, add_evidence};
use operations::casework::answer_order::{Answer, answer_order};
use operations::casework::carry_out::carry_out;
use operations::casework::course::Course;
use operations::casework::decide_case::{Decision, decide_case, propose_case, withdraw_case};
use operations::casework::open_case::{NewCase, edit_case, open_case};
use operations::casework::{CaseKey, CaseworkRefusal};
use operations::verify::verify;
use policy::collection::SurrenderReason;
use store::tables::clerk::Credentials;
use store::tables::{clerk, clerk_staff, payment_order, person};
use store::{Db, Tx};
use units::{Fen, Timestamp};

use crate::city_of_three::CityOfThree;

pub(crate) const TODAY: &str = "2026-11-24";

pub(crate) struct Desk {
    pub(crate) city: CityOfThree,
    pub(crate) window: Clerk,
    pub(crate) review: Clerk,
    pub(crate) finance: Clerk,
}

impl Desk {
    /// November is assessed, and everybody has paid it.
    pub(crate) fn new(db: &Db) -> Self {
        let city = CityOfThree::assessed(db);
        let mut stated = Vec::new();
        for (index, reference) in ["W1", "W2", "W3"].into_iter().enumerate() {
            let person = city.person(index);
            let owed = city.owed(person);
            city.pay(ChannelKind::Wechat, reference, owed, Target::Person(person)).unwrap();
            stated.push((reference, owed));
        }
        city.reconcile(ChannelKind::Wechat, &stated);
        Self::of(city)
    }

    /// The three clerks of a city.
    pub(crate) fn of(city: CityOfThree) -> Self {
        let window = account(&city, "window", &[Role::Window], Some("W1"));
        let review = account(&city, "review", &[Role::Review], Some("R1"));
        let finance = account(&city, "finance", &[Role::Finance], Some("F1"));
        Self { city, window, review, finance }
    }

    pub(crate) fn account(&self, name: &str, roles: &[Role], staff: Option<&str>) -> Clerk {
        account(&self.city, name, roles, staff)
    }

    pub(crate) fn bind(&self, clerk: &Clerk, staff: &'static str) {
        let (id, now) = (clerk.id, self.city.at("2026-11-25"));
        self.city.db.write(move |tx| clerk_staff::insert(tx, id, (staff, "admin"), now)).unwrap();
    }

    /// Does a step in a transaction of its own.
    pub(crate) fn step<T>(
        &self,
        step: impl Fn(&mut Tx<'_>, &operations::City, Timestamp) -> Result<T, CaseworkRefusal>
        + Send
        + 'static,
    ) -> Result<T, CaseworkRefusal>
    where
        T: Send + 'static,
    {
        let (city, now) = (self.city.city.clone(), self.city.at(TODAY));
        self.city.db.write(move |tx| step(tx, &city, now))
    }

    pub(crate) fn open(
        &self,
        person: PersonId,
        form: CaseForm,
    ) -> Result<CaseKey, CaseworkRefusal> {
        let clerk = self.window.clone();
        self.open_by(&clerk, person, form)
    }

    pub(crate) fn open_by(
        &self,
        clerk: &Clerk,
        person: PersonId,
        form: CaseForm,
    ) -> Result<CaseKey, CaseworkRefusal> {
        let clerk = clerk.clone();
        let new = NewCase { person, applicant: "张三".to_owned(), form };
        let id = self.step(move |tx, city, now| open_case(tx, city, &clerk, &new, now))?;
        Ok((person, id))
    }

    pub(crate) fn edit(&self, key: CaseKey, form: CaseForm) -> Result<(), CaseworkRefusal> {
        let clerk = self.window.clone();
        self.step(move |tx, city, now| edit_case(tx, city, &clerk, (key, &form), now))
    }

    pub(crate) fn hand_in(&self, key: CaseKey, label: &str) -> Result<(), CaseworkRefusal> {
        let clerk = self.window.clone();
        let new = NewEvidence {
            label: label.to_owned(),
            name: "scan.pdf".to_owned(),
            kind: EvidenceKind::Pdf,
            size_bytes: 1_000,
            digest: "00".repeat(32),
        };
        self.step(move |tx, city, now| add_evidence(tx, city, &clerk, (key, &new), now))?;
        Ok(())
    }

    pub(crate) fn propose(&self, key: CaseKey) -> Result<(), CaseworkRefusal> {
        let clerk = self.window.clone();
        self.propose_by(&clerk, key)
    }

    pub(crate) fn propose_by(&self, clerk: &Clerk, key: CaseKey) -> Result<(), CaseworkRefusal> {
        let clerk = clerk.clone();
        self.step(move |tx, city, now| propose_case(tx, city, &clerk, key, now))
    }

    pub(crate) fn decide(
        &self,
        clerk: &Clerk,
        key: CaseKey,
        decision: Decision,
    ) -> Result<(), CaseworkRefusal> {
        let clerk = clerk.clone();
        let note = "材料与登记不一致";
        self.step(move |tx, city, now| decide_case(tx, city, &clerk, (key, decision, note), now))
    }

    pub(crate) fn approve(&self, key: CaseKey) -> Result<(), CaseworkRefusal> {
        self.decide(&self.review, key, Decision::Approve)
    }

    pub(crate) fn withdraw(&self, key: CaseKey) -> Result<(), CaseworkRefusal> {
        let clerk = self.window.clone();
        let note = "申请人改变主意";
        self.step(move |tx, city, now| withdraw_case(tx, city, &clerk, (key, note), now))
    }

    pub(crate) fn carry_out(&self, clerk: &Clerk, key: CaseKey) -> Result<(), CaseworkRefusal> {
        let clerk = clerk.clone();
        self.step(move |tx, city, now| carry_out(tx, city, &clerk, key, now))
    }

    pub(crate) fn answer(
        &self,
        order: &PaymentOrder,
        event: OrderEvent,
    ) -> Result<(), CaseworkRefusal> {
        let (clerk, key) = (self.finance.clone(), (order.person, order.id));
        let answer =
            Answer { event, on: TODAY.parse().unwrap(), reference: "银行流水0001".to_owned() };
        self.step(move |tx, city, now| answer_order(tx, city, &clerk, (key, &answer), now))
    }

    /// Proposes, approves, carries out and confirms.
    pub(crate) fn see_through(&self, key: CaseKey) {
        self.propose(key).unwrap();
        self.approve(key).unwrap();
        if self.state(key) == CaseState::Approved {
            self.carry_out(&self.finance, key).unwrap();
            for (order, _) in self.orders(key) {
                self.answer(&order, OrderEvent::Confirm).unwrap();
            }
        }
        assert_eq!(self.state(key), CaseState::Done);
        self.prove();
    }

    pub(crate) fn course(&self, key: CaseKey) -> Course {
        self.city.db.read(|tx| Course::find(tx, key)).unwrap().unwrap()
    }

    pub(crate) fn state(&self, key: CaseKey) -> CaseState {
        self.course(key).case.state
    }

    pub(crate) fn orders(&self, key: CaseKey) -> Vec<(PaymentOrder, OrderState)> {
        self.city.db.read(|tx| payment_order::list_of_case(tx, key)).unwrap()
    }

    pub(crate) fn name(&self, person: PersonId) -> String {
        self.city.db.read(|tx| person::find(tx, person)).unwrap().unwrap().name
    }

    pub(crate) fn due(&self, person: PersonId, index: usize) -> Due {
        self.city.dues(person)[index]
    }

    pub(crate) fn prove(&self) {
        let verified = verify(&self.city.db).unwrap();
        assert!(verified.is_clean(), "{verified:?}");
    }

    /// The form of a person who lost the nationality and wants the money.
    pub(crate) fn surrender(&self, person: PersonId) -> CaseForm {
        CaseForm::Surrender {
            reason: SurrenderReason::LossOfNationality,
            wish: AccountWish::EndAndPay,
            informed_on: TODAY.parse().unwrap(),
            payee: Some(payee(&self.name(person))),
        }
    }

    /// A surrender with everything that the pack wants shown.
    pub(crate) fn surrender_case(&self, person: PersonId) -> CaseKey {
        let key = self.open(person, self.surrender(person)).unwrap();
        self.hand_in(key, "退出中国国籍证明或外国国籍公证译文").unwrap();
        self.hand_in(key, "书面终止申请").unwrap();
        key
    }
}

pub(crate) fn payee(holder: &str) -> Payee {
    Payee::new(holder, "建设银行鼓楼支行", "6217001234567890122").unwrap()
}

pub(crate) fn fen(text: &str) -> Fen {
    text.parse().unwrap()
}

fn account(city: &CityOfThree, name: &str, roles: &[Role], staff: Option<&str>) -> Clerk {
    let now = city.at("2026-11-20");
    let made = Clerk {
        id: city.city.fresh(now),
        account: name.to_owned(),
        name: name.to_owned(),
        office: "xuanwu".to_owned(),
        roles: RoleSet::of(roles),
    };
    let credentials = Credentials {
        password_hash: "none".to_owned(),
        totp_secret: String::new(),
        totp_step: 0,
        failures: 0,
        locked_until: None,
    };
    let (clerk, staff) = (made.clone(), staff.map(str::to_owned));
    let inserted = city.db.write(move |tx| -> Result<_, store::Error> {
        let inserted = clerk::insert(tx, &clerk, &credentials, now)?;
        if let Some(staff) = &staff {
            clerk_staff::insert(tx, clerk.id, (staff, "admin"), now)?;
        }
        Ok(inserted)
    });
    assert_eq!(inserted.unwrap(), 1);
    made
}
