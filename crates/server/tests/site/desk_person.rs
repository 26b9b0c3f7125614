//! What is done for a person at the desk leaves its event and its look: booking, changing, mandate,
//! phone, 社保通; and each act refuses with a next step.

use std::sync::Arc;

use axum::http::StatusCode;
use insurance::clerk::Role;
use insurance::ids::PersonId;
use server::app::App;
use store::tables::audit_event::{self, AuditEvent, Filter};
use store::tables::{access_log, enrolment, mandate, person};

use crate::browser::Browser;
use crate::desk::as_clerk_of;
use crate::{as_clerk, with_city, with_city_on, with_every_city};

/// The newest event of a person.
async fn last_event(app: &Arc<App>, subject: Option<PersonId>) -> AuditEvent {
    let filter = Filter { subject, ..Filter::default() };
    let events = app.db.read_async(move |tx| audit_event::list(tx, &filter, 1)).await.unwrap();
    events.into_iter().next().unwrap()
}

/// Sends a form of a person and is told that it was done.
async fn does(clerk: &mut Browser, path: &str, fields: &[(&str, &str)]) {
    let answer = clerk.submit(path, path, fields).await;
    assert!(answer.location().contains("done="), "{path}: {}", answer.body);
}

async fn refuses(clerk: &mut Browser, path: &str, fields: &[(&str, &str)], sentence: &str) {
    let answer = clerk.submit(path, path, fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.location());
    assert!(answer.body.contains(sentence), "{sentence}: {}", answer.body);
}

#[test]
fn whoever_comes_on_a_closed_day_is_booked_and_joins_on_the_open_one() {
    with_city_on("2026-11-26", |app, _| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let fields = [
            ("identity", "320115198512312341"),
            ("name", "钱七"),
            ("branch", "pension"),
            ("base", "4952"),
        ];
        let entered = clerk.submit("/desk/enrol", "/desk/enrol", &fields).await;
        let preview = entered.location().to_owned();
        let booked = clerk.submit(&preview, &format!("{preview}/book"), &[]).await;
        assert_eq!(booked.location(), "/desk/appointments");
        let list = clerk.get("/desk/appointments").await;
        assert!(list.body.contains("2026年12月1日") && list.body.contains("2341"), "{}", list.body);
        assert!(!list.body.contains("320115198512312341"), "a list is masked");
        let event = last_event(&app, None).await;
        assert_eq!(
            (event.action.as_str(), event.detail.as_str()),
            ("book_enrolment", "2026-12-01")
        );
        let other = as_clerk_of(&app, "jiangning", Role::Window).await.get(&preview).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "another office does not see it");
        let mut clerk = as_clerk(&at(&app, "2026-12-01"), Role::Window).await;
        let saved = clerk.submit(&preview, &format!("{preview}/save"), &[]).await;
        assert!(saved.location().ends_with("done=enrol"), "{} {}", saved.location(), saved.body);
        assert!(clerk.get("/desk/appointments").await.body.contains("没有预约"));
    });
}

/// The same city on another day.
pub(crate) fn at(app: &Arc<App>, day: &str) -> Arc<App> {
    let now = format!("{day}T10:00:00+08:00").parse().unwrap();
    Arc::new(App {
        db: app.db.clone(),
        city: app.city.clone(),
        clock: server::clock::Clock::Fixed(now),
        sandbox: true,
        wechat: None,
        vault: crate::city::vault(),
        evidence: crate::city::evidence(),
    })
}

#[test]
fn a_change_is_saved_only_after_its_bill_was_seen_and_begins_behind_the_billed_month() {
    with_every_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let path = format!("/desk/people/{}/change", people.zhang);
        let choice = [
            ("branch", "pension"),
            ("branch", "medical"),
            ("branch", "unemployment"),
            ("base", "4952"),
            ("why", "own-wish"),
            ("do", "save"),
        ];
        let unseen = clerk.submit(&path, &path, &choice).await;
        assert!(unseen.location().contains("base=4952") && !unseen.location().contains("done="));
        let shown = clerk.get(unseen.location()).await;
        assert!(
            shown.body.contains("失业保险") && shown.body.contains("2026年12月"),
            "{}",
            shown.body
        );
        let mut seen = choice.to_vec();
        seen.push(("shown", "pension+medical+unemployment@4952"));
        does(&mut clerk, &path, &seen).await;
        let id = people.zhang;
        let spans = app.db.read_async(move |tx| enrolment::list(tx, id)).await.unwrap();
        assert_eq!(spans.last().unwrap().from, "2026-12".parse().unwrap());
        let event = last_event(&app, Some(people.zhang)).await;
        assert_eq!(event.action, "change_enrolment");
        assert!(event.detail.starts_with("own-wish: "), "{}", event.detail);
        let mut auditor = as_clerk(&app, Role::Audit).await;
        let trail = auditor.get("/en/desk/audit?kind=change_enrolment").await;
        assert!(trail.body.contains("The person asks for it: "), "{}", trail.body);
        assert!(!trail.body.contains("own-wish"), "a word for programs: {}", trail.body);
        refuses(&mut clerk, &path, &seen, "没有可变更的内容").await;
    });
}

#[test]
fn a_mandate_is_replaced_and_ended_and_a_wrong_account_is_said_at_its_field() {
    with_every_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let path = format!("/desk/people/{}/mandate", people.zhang);
        let wrong = [("account", "12"), ("bank", "ccb"), ("why", "new-card")];
        refuses(&mut clerk, &path, &wrong, "account-error").await;
        let signed = [("account", "6222021234567890128"), ("bank", "ccb"), ("why", "new-card")];
        does(&mut clerk, &path, &signed).await;
        let event = last_event(&app, Some(people.zhang)).await;
        assert_eq!(
            (event.action.as_str(), event.detail.as_str()),
            ("sign_mandate", "new-card: ccb")
        );
        let id = people.zhang;
        let live = app.db.read_async(move |tx| mandate::find_live(tx, id)).await.unwrap().unwrap();
        assert!(live.account_number.ends_with("0128"));
        does(&mut clerk, &path, &[("do", "end")]).await;
        assert_eq!(last_event(&app, Some(people.zhang)).await.action, "end_mandate");
        refuses(&mut clerk, &path, &[("do", "end")], "不用终止").await;
    });
}

#[test]
fn social_security_messages_are_switched_on_with_both_cards_only() {
    with_every_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let path = format!("/desk/people/{}/contact", people.li);
        does(&mut clerk, &path, &[("do", "off")]).await;
        assert_eq!(last_event(&app, Some(people.li)).await.action, "switch_notices_off");
        let one = [("do", "on"), ("card", "A10000002")];
        refuses(&mut clerk, &path, &one, "须同时出示身份证和市民卡").await;
        let other = [("do", "on"), ("card", "A10000009"), ("both", "seen")];
        refuses(&mut clerk, &path, &other, "与登记的社会保障卡不一致").await;
        let both = [("do", "on"), ("card", "A10000002"), ("both", "seen")];
        does(&mut clerk, &path, &both).await;
        assert_eq!(last_event(&app, Some(people.li)).await.action, "switch_notices_on");
        let id = people.li;
        let li = app.db.read_async(move |tx| person::find(tx, id)).await.unwrap().unwrap();
        assert_eq!(li.notices_since, "2026-11-24".parse().ok());
    });
}

#[test]
fn a_phone_is_changed_and_never_stands_in_the_trail() {
    with_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let path = format!("/desk/people/{}/contact", people.li);
        refuses(&mut clerk, &path, &[("phone", "123")], "手机号码应为11位").await;
        does(&mut clerk, &path, &[("phone", "13911112222")]).await;
        let event = last_event(&app, Some(people.li)).await;
        assert_eq!((event.action.as_str(), event.detail.as_str()), ("change_phone", ""));
        let id = people.li;
        let looks = app.db.read_async(move |tx| access_log::list(tx, id, 20)).await.unwrap();
        assert!(looks.len() >= 4, "each page and each act is a look: {looks:?}");
        assert!(looks.iter().all(|look| look.what == "/desk/people/contact"));
        assert!(looks.iter().all(|look| look.actor == "sample-window"));
    });
}

#[test]
fn another_office_reads_the_person_and_changes_nothing() {
    with_city(|app, people| async move {
        let mut clerk = as_clerk_of(&app, "jiangning", Role::Window).await;
        for (act, fields) in [
            ("stop", vec![("why", "own-wish")]),
            ("mandate", vec![("do", "end")]),
            ("contact", vec![("phone", "13911112222")]),
        ] {
            let path = format!("/desk/people/{}/{act}", people.zhang);
            refuses(&mut clerk, &path, &fields, "请到该机构办理").await;
        }
    });
}

#[test]
fn the_time_line_names_who_did_it_and_why() {
    with_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let of = |act: &str| format!("/desk/people/{}/{act}", people.zhang);
        does(&mut clerk, &of("contact"), &[("phone", "13911112222")]).await;
        does(&mut clerk, &of("mandate"), &[("do", "end")]).await;
        does(&mut clerk, &of("stop"), &[("why", "employed")]).await;
        let page = clerk.get(&format!("/desk/people/{}?reason=at-desk", people.zhang)).await;
        let by = "sample-window，鼓楼区社会保险经办机构";
        for words in ["更换手机号", "终止代扣委托", "停保：保到2026年10月", by, "由单位参保"]
        {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
    });
}

#[test]
fn two_stops_on_one_day_each_name_their_own_reason() {
    with_every_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let of = |act: &str| format!("/desk/people/{}/{act}", people.zhang);
        does(&mut clerk, &of("stop"), &[("why", "employed")]).await;
        let choice = [
            ("branch", "pension"),
            ("branch", "medical"),
            ("base", "4952"),
            ("why", "left-job"),
            ("shown", "pension+medical@4952"),
            ("do", "save"),
        ];
        does(&mut clerk, &of("renew"), &choice).await;
        does(&mut clerk, &of("stop"), &[("why", "moved")]).await;
        let page = clerk.get(&format!("/desk/people/{}?reason=at-desk", people.zhang)).await;
        for words in ["由单位参保", "续保：养老保险、医疗保险", "离开单位", "转往外地参保"]
        {
            assert_eq!(page.body.matches(words).count(), 1, "{words}: {}", page.body);
        }
    });
}

#[test]
fn no_link_that_a_role_is_shown_leads_to_a_refusal() {
    with_city(|app, people| async move {
        for role in Role::ALL {
            let mut clerk = as_clerk(&app, role).await;
            let start = clerk.get("/desk/month").await;
            let mut pages = links(&start.body);
            if role != Role::Admin {
                let person = format!("/desk/people/{}?reason=at-desk", people.zhang);
                let opened = clerk.get(&person).await;
                assert_eq!(opened.status, StatusCode::OK);
                pages.extend(links(&opened.body));
            }
            assert!(pages.len() > 3, "{role:?}: {pages:?}");
            for page in pages {
                let answer = clerk.get(&page).await;
                let ok = answer.status == StatusCode::OK || answer.status == StatusCode::SEE_OTHER;
                assert!(ok, "{role:?} {page}: {}", answer.status);
                assert!(!answer.location().contains("sign-in"), "{role:?} {page}");
            }
        }
    });
}

/// Where the links of a page lead inside the site.
fn links(body: &str) -> std::collections::BTreeSet<String> {
    let after = body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let inside = after.filter(|path| path.starts_with('/') && !path.contains("style.css"));
    inside.map(|path| path.replace("&#38;", "&").replace("&amp;", "&")).collect()
}
