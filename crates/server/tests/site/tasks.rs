//! 待办: what an office must do, with limit and first step; done with a sentence, seen in the trail.

use axum::http::StatusCode;
use insurance::clerk::Role;
use operations::open_task::{Work, open_task};
use store::tables::task::TaskKind;

use crate::{as_clerk, with_every_city};

#[test]
fn a_task_says_what_to_do_by_when_and_is_closed_with_what_was_done() {
    with_every_city(|app, people| async move {
        let mut window = as_clerk(&app, Role::Window).await;
        let list = window.get("/desk/tasks").await;
        assert_eq!(list.status, StatusCode::OK);
        // 李四 fell into arrears in September without a notice before it.
        let person = format!("/desk/people/{}?reason=at-desk", people.li);
        for words in ["告知医保待遇暂停", "李四", "最迟", "鼓楼", &person] {
            assert!(list.body.contains(words), "{words}: {}", list.body);
        }
        assert!(window.get("/desk/month").await.body.contains("href=\"/desk/tasks\""));
        let at = format!("/desk/tasks/{}/", people.li);
        let (_, rest) = list.body.split_once(&at).unwrap();
        let task = format!("{at}{}", rest.split_once('"').unwrap().0);
        let without = window.submit("/desk/tasks", &task, &[("note", "")]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(without.body.contains("请写明怎么办的"), "{}", without.body);
        let note = [("note", "已电话告知补缴办法")];
        let before = list.body.matches("<section class=\"task\">").count();
        assert_eq!(window.submit("/desk/tasks", &task, &note).await.location(), "/desk/tasks");
        let list = window.get("/en/desk/tasks").await;
        assert_eq!(list.body.matches("<section class=\"task\">").count(), before - 1);
        let again = window.submit("/desk/tasks", &task, &note).await;
        assert!(again.body.contains("已经办结"), "{}", again.body);
        let trail = as_clerk(&app, Role::Audit).await.get("/desk/audit").await;
        assert!(trail.body.contains("TellOfSuspension done"), "{}", trail.body);
    });
}

#[test]
fn a_task_that_ends_in_a_case_leads_to_its_form_for_whoever_may_open_it() {
    with_every_city(|app, people| async move {
        let (city, now, li) = (app.city.clone(), app.clock.now(), people.li);
        let opened = app.db.write_async(move |tx| -> Result<(), store::Error> {
            for kind in [TaskKind::VerifyDeath, TaskKind::RefundOtherwise, TaskKind::RecoverPayment]
            {
                let office = "gulou".to_owned();
                let work = Work { kind, office, month: None, working_days: 5 };
                open_task(tx, &city, (li, work), now)?;
            }
            Ok(())
        });
        opened.await.unwrap();
        let of = |kind: &str| format!("/desk/cases/new?person={}&#38;kind={kind}", people.li);
        for (role, leads) in [
            (Role::Window, [true, true, false]),
            (Role::Finance, [false, true, true]),
            (Role::Review, [false, false, false]),
        ] {
            let list = as_clerk(&app, role).await.get("/desk/tasks").await;
            let found = ["death", "suspense", "recovery"].map(|kind| list.body.contains(&of(kind)));
            assert_eq!(found, leads, "{role:?}: {}", list.body);
            assert!(list.body.contains("2026年12月1日，剩5个工作日"), "{}", list.body);
        }
    });
}
