//! 参保登记 and what is done for a person at the desk: the bill is seen before anything is saved.

use axum::http::StatusCode;
use insurance::clerk::Role;
use store::tables::audit_event::{self, Filter};
use store::tables::{due, person};

use crate::{as_clerk, with_city, with_every_city};

const JOINER: [(&str, &str); 8] = [
    ("identity", "320115198512312341"),
    ("name", "钱七"),
    ("phone", "13911112222"),
    ("branch", "pension"),
    ("branch", "medical"),
    ("base", "4952"),
    ("from", "2026-11"),
    ("notices", "on"),
];

#[test]
fn a_clerk_sees_the_bill_then_saves_and_pressing_twice_enrols_once() {
    with_every_city(|app, _| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let entered = clerk.submit("/desk/enrol", "/desk/enrol", &JOINER).await;
        let preview = entered.location().to_owned();
        assert!(preview.starts_with("/desk/enrol/"), "{} {}", entered.status, entered.body);
        let shown = clerk.get(&preview).await;
        for words in ["1,396.60元", "990.40元", "女", "1985年12月31日", "2026年11月"] {
            assert!(shown.body.contains(words), "{words}: {}", shown.body);
        }
        assert_eq!(app.db.read_async(person::count).await.unwrap(), 3, "nothing is saved yet");
        let save = format!("{preview}/save");
        let saved = clerk.submit(&preview, &save, &[]).await;
        assert!(saved.location().ends_with("?reason=at-desk&done=enrol"), "{}", saved.body);
        let again = clerk.submit("/desk/enrol", &save, &[]).await;
        assert_eq!(again.location(), preview, "the page leads on to the person");
        assert_eq!(app.db.read_async(person::count).await.unwrap(), 4);
        let page = clerk.get(saved.location()).await;
        assert!(page.body.contains("已参保登记") && page.body.contains("1,396.60元"));
        let events =
            app.db.read_async(|tx| audit_event::list(tx, &Filter::default(), 10)).await.unwrap();
        assert_eq!(events[0].action, "enrol");
        assert_eq!(events[0].office, "gulou");
        assert!(!events[0].detail.contains("320115"), "{:?}", events[0]);
    });
}

#[test]
fn what_is_wrong_is_said_at_its_field_and_what_was_typed_stays() {
    with_city(|app, _| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let cases = [
            ("identity", "320104198503151233", "已在鼓楼区社会保险经办机构参保"),
            ("identity", "130503670401001", "已换算成18位"),
            ("identity", "CAN110078010101", "旧版外国人永久居留身份证"),
            ("base", "5000", "不是可选档次"),
            ("phone", "123", "手机号码应为11位"),
        ];
        for (field, value, expected) in cases {
            let mut fields = JOINER.to_vec();
            fields.retain(|(name, _)| *name != field);
            fields.push((field, value));
            let answer = clerk.submit("/desk/enrol", "/desk/enrol", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
            assert!(answer.body.contains(expected), "{expected}: {}", answer.body);
            assert!(answer.body.contains("钱七"));
        }
    });
}

#[test]
fn a_stop_says_which_bill_it_ends_before_it_is_done_and_the_person_can_come_back() {
    with_every_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let of = |act: &str| format!("/desk/people/{}/{act}", people.zhang);
        let page = clerk.get(&of("stop")).await;
        assert!(
            page.body.contains("账单撤销") && page.body.contains("1,396.60元"),
            "{}",
            page.body
        );
        let done = clerk.submit(&of("stop"), &of("stop"), &[("why", "employed")]).await;
        assert!(done.location().ends_with("done=stop"), "{}", done.body);
        let renew = clerk.get(&of("renew")).await;
        assert!(renew.body.contains("1,396.60元"), "{}", renew.body);
        let choice = [
            ("branch", "pension"),
            ("branch", "medical"),
            ("base", "4952"),
            ("why", "own-wish"),
            ("shown", "pension+medical@4952"),
            ("do", "save"),
        ];
        let done = clerk.submit(&of("renew"), &of("renew"), &choice).await;
        assert!(done.location().ends_with("done=renew"), "{} {}", done.location(), done.body);
        let id = people.zhang;
        let unpaid = app.db.read_async(move |tx| due::list_unpaid(tx, id)).await.unwrap();
        assert_eq!(unpaid.len(), 2);
    });
}

#[test]
fn only_the_audit_role_reads_who_looked() {
    with_city(|app, people| async move {
        let page = format!("/desk/people/{}?reason=audit", people.zhang);
        assert!(!as_clerk(&app, Role::Review).await.get(&page).await.body.contains("谁看过"));
        let seen = as_clerk(&app, Role::Audit).await.get(&page).await;
        assert!(seen.body.contains("谁看过") && seen.body.contains("sample-review"));
        assert!(!seen.body.contains("/stop"), "who only reads is offered nothing to do");
    });
}
