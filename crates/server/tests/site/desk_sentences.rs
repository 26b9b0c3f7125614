//! What a clerk reads out when it can't be done: one sentence with the next day or step, in Chinese
//! and English, at joining, coming back, changing and stopping.

use std::sync::Arc;

use axum::http::StatusCode;
use insurance::clerk::Role;
use insurance::ids::{PersonId, RunId};
use policy::BranchSet;
use server::app::App;
use store::tables::employer_month::{self, EmployerMonth};
use units::Fen;

use crate::browser::Browser;
use crate::desk_person::at;
use crate::{as_clerk, with_city, with_city_on};

const JOINER: [(&str, &str); 7] = [
    ("identity", "320115198512312341"),
    ("name", "钱七"),
    ("phone", "13911112222"),
    ("branch", "pension"),
    ("branch", "medical"),
    ("base", "4952"),
    ("from", ""),
];

fn joiner(changed: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let kept = JOINER.into_iter().filter(|(field, _)| changed.iter().all(|(f, _)| f != field));
    kept.chain(changed.iter().copied()).collect()
}

/// Both languages of a page hold their sentence.
async fn reads(clerk: &mut Browser, path: &str, (zh, en): (&str, &str)) {
    for (prefix, sentence) in [("", zh), ("/en", en)] {
        let page = clerk.get(&format!("{prefix}{path}")).await;
        assert!(page.body.contains(sentence), "{prefix}{path}: {sentence}\n{}", page.body);
    }
}

/// The form is refused with the sentence, and keeps what was typed.
async fn refuses(
    clerk: &mut Browser,
    fields: &[(&'static str, &'static str)],
    (zh, en): (&str, &str),
) {
    for (path, sentence) in [("/desk/enrol", zh), ("/en/desk/enrol", en)] {
        let answer = clerk.submit(path, path, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.location());
        assert!(answer.body.contains(sentence), "{sentence}\n{}", answer.body);
        assert_eq!(answer.body.matches(sentence).count(), 2, "on top and at the field");
        assert!(answer.body.contains("13911112222"), "what was typed is kept");
    }
}

/// An employer declares November for a person.
async fn declare(app: &Arc<App>, person: PersonId) {
    let declared = EmployerMonth {
        person,
        month: "2026-11".parse().unwrap(),
        employer: "91320102MA1W000167".to_owned(),
        employer_name: "金陵制造".to_owned(),
        branches: BranchSet::ALL,
        base: Fen::from_yuan(6000),
        paid_on: None,
        run: RunId::from_i64(1),
    };
    app.db.write_async(move |tx| employer_month::set_declared(tx, &declared)).await.unwrap();
}

#[test]
fn on_the_26th_every_act_names_the_1st_of_the_next_month() {
    with_city_on("2026-11-26", |app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let sentence = (
            "每月1日至25日办理，今天是2026年11月26日，不能办理。下一个可以办理的日子是2026年12月1日。",
            "today is 26 November 2026. The next day on which it can be done is 1 December 2026.",
        );
        reads(&mut clerk, "/desk/enrol", sentence).await;
        for act in ["change", "stop"] {
            let path = format!("/desk/people/{}/{act}", people.zhang);
            reads(&mut clerk, &path, sentence).await;
            let fields = [("why", "own-wish"), ("do", "save"), ("base", "6000")];
            let answer = clerk.submit(&path, &path, &fields).await;
            assert!(!answer.location().contains("done="), "{act} must not be done");
        }
        let entered = clerk.submit("/desk/enrol", "/desk/enrol", &joiner(&[])).await;
        let preview = entered.location().to_owned();
        reads(&mut clerk, &preview, sentence).await;
        let saved = clerk.submit(&preview, &format!("{preview}/save"), &[]).await;
        assert_eq!(saved.location(), preview, "a closed day saves nothing");
    });
}

#[test]
fn coming_back_on_a_closed_day_names_the_next_open_one_and_is_done_then() {
    with_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let path = format!("/desk/people/{}/stop", people.zhang);
        clerk.submit(&path, &path, &[("why", "moved")]).await;
        let path = format!("/desk/people/{}/renew", people.zhang);
        let choice = [
            ("branch", "pension"),
            ("branch", "medical"),
            ("base", "4952"),
            ("why", "own-wish"),
            ("shown", "pension+medical@4952"),
            ("do", "save"),
        ];
        let mut clerk = as_clerk(&at(&app, "2026-11-26"), Role::Window).await;
        let sentence = (
            "每月1日至25日办理，今天是2026年11月26日，不能办理。下一个可以办理的日子是2026年12月1日。",
            "today is 26 November 2026. The next day on which it can be done is 1 December 2026.",
        );
        reads(&mut clerk, &path, sentence).await;
        let page = clerk.get(&path).await;
        assert!(!page.body.contains("value=\"save\""), "a closed day offers no saving");
        let refused = clerk.submit(&path, &path, &choice).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.location());
        assert!(refused.body.contains(sentence.0), "{}", refused.body);
        let mut clerk = as_clerk(&at(&app, "2026-12-01"), Role::Window).await;
        let done = clerk.submit(&path, &path, &choice).await;
        assert!(done.location().ends_with("done=renew"), "{} {}", done.location(), done.body);
    });
}

#[test]
fn on_the_first_of_october_every_act_names_the_8th() {
    with_city_on("2026-10-01", |app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let sentence = (
            "今天（2026年10月1日）是法定节假日，窗口不办理。下一个可以办理的日子是2026年10月8日。",
            "Today, 1 October 2026, is a legal holiday and the desk is closed. The next day on which it \
             can be done is 8 October 2026.",
        );
        reads(&mut clerk, "/desk/enrol", sentence).await;
        for act in ["change", "stop"] {
            let path = format!("/desk/people/{}/{act}", people.zhang);
            reads(&mut clerk, &path, sentence).await;
        }
    });
}

#[test]
fn a_living_double_is_told_where_they_are_insured_and_the_page_leads_there() {
    with_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let double = joiner(&[("identity", "320104198503151233"), ("name", "张三")]);
        let sentence = (
            "这个人自2026年7月起已在鼓楼区社会保险经办机构参保，全市只能有一份参保。要改基数或险种请办理变更，要重新参保请先停保。",
            "since July 2026; nobody can be insured twice in the city. To have another base or insurance, \
             change that enrolment; to join anew, stop it first.",
        );
        refuses(&mut clerk, &double, sentence).await;
        let answer = clerk.submit("/desk/enrol", "/desk/enrol", &double).await;
        let link = format!("/desk/people/{}?reason=at-desk", people.zhang);
        assert!(answer.body.contains(&link), "{}", answer.body);
    });
}

#[test]
fn a_person_under_an_employer_is_told_the_month_from_which_they_can_join() {
    with_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let stop = format!("/desk/people/{}/stop", people.zhang);
        clerk.submit(&stop, &stop, &[("why", "employed")]).await;
        declare(&app, people.zhang).await;
        let covered = joiner(&[("identity", "320104198503151233"), ("name", "张三")]);
        let sentence = (
            "2026年11月已由单位（金陵制造）申报参保，同一个月不能再按灵活就业参保；可以从2026年12月起参保。",
            "they can join from December 2026 on. If they left that job, the employer reports it first.",
        );
        refuses(&mut clerk, &covered, sentence).await;
        let renew = format!("/desk/people/{}/renew", people.zhang);
        reads(&mut clerk, &renew, ("2026年12月起", "from December 2026")).await;
    });
}

#[test]
fn a_base_outside_the_pack_is_told_its_nearest_and_all_else_that_is_wrong_with_it() {
    with_city(|app, _| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        for (base, zh, en) in [
            ("5000", "最接近的档次是4952.00元和", "the nearest are 4952.00 and"),
            ("100", "低于下限，请选择不低于4952.00元的基数", "choose at least 4952.00"),
            ("99999", "高于上限，请选择不高于24762.00元的基数", "choose at most 24762.00"),
        ] {
            refuses(&mut clerk, &joiner(&[("base", base)]), (zh, en)).await;
        }
        let both = joiner(&[("base", "5000"), ("name", "")]);
        let answer = clerk.submit("/desk/enrol", "/desk/enrol", &both).await;
        assert!(answer.body.contains("最接近的档次") && answer.body.contains("姓名应为1至60个字"));
    });
}

#[test]
fn residents_of_hong_kong_macao_taiwan_and_foreign_permanent_residents_join_with_their_numbers() {
    with_city(|app, _| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        for number in ["810000199001010019", "830000199001010011", "911076198501011236"] {
            let Some(number) = with_check(number) else { panic!("{number}") };
            let mut fields = JOINER.to_vec();
            fields.retain(|(field, _)| *field != "identity");
            fields.push(("identity", &number));
            let answer = clerk.submit("/desk/enrol", "/desk/enrol", &fields).await;
            assert!(answer.location().starts_with("/desk/enrol/"), "{number}: {}", answer.body);
        }
    });
}

/// The number with the check character that follows from its first seventeen.
fn with_check(number: &str) -> Option<String> {
    let today = "2026-11-24".parse().unwrap();
    let payload = number.get(..17)?;
    "0123456789X"
        .chars()
        .map(|check| format!("{payload}{check}"))
        .find(|whole| insurance::identity_number::IdentityNumber::parse(whole, today).is_ok())
}
