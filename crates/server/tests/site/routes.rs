//! Every way into the site and who may call it. The list is the golden one: a new way fails this
//! test until it is listed, and each is called as everybody who may not.

use std::sync::Arc;

use axum::http::StatusCode;
use insurance::clerk::Role;
use server::app::App;

use crate::browser::Browser;
use crate::city::People;
use crate::{as_clerk, as_person, with_city};

/// Method, path, and who may call it: `everybody`, `person`, or roles of clerks.
const GOLDEN: &str = include_str!("routes.txt");

#[test]
fn the_golden_list_names_every_way() {
    let ways: String = server::site::list_ways().into_iter().map(|way| way + "\n").collect();
    assert_eq!(ways, GOLDEN, "tests/site/routes.txt must list exactly these ways");
}

#[test]
fn each_way_refuses_everybody_who_is_not_on_its_list() {
    with_city(|app, people| async move {
        for line in GOLDEN.lines() {
            let (way, callers) = line.split_once("  ").unwrap();
            let (methods, path) = way.rsplit_once(' ').unwrap();
            let path = path.replace("{person}", &people.zhang.to_string());
            for method in methods.split(' ') {
                call_as_all_others(&app, people, (method, &path), callers.trim()).await;
            }
        }
    });
}

async fn call_as_all_others(app: &Arc<App>, people: People, way: (&str, &str), callers: &str) {
    // Machines sign their calls: tests/counter/strangers.rs and tests/wechat.rs send what they did not.
    if ["everybody", "bank", "hospital", "wechat"].contains(&callers) {
        return;
    }
    refused(&mut Browser::new(app), way, "nobody").await;
    if callers != "person" {
        refused(&mut as_person(app, people.zhang).await, way, "a person").await;
    }
    for role in Role::ALL {
        if !callers.split(' ').any(|caller| caller == role.word()) {
            refused(&mut as_clerk(app, role).await, way, role.word()).await;
        }
    }
}

async fn refused(browser: &mut Browser, (method, path): (&str, &str), who: &str) {
    let answer = match method {
        "GET" => browser.get(path).await,
        _ => browser.submit("/nowhere", path, &[]).await,
    };
    let sent_to_sign_in = answer.status == StatusCode::SEE_OTHER
        && (answer.location().starts_with("/sign-in?")
            || answer.location().starts_with("/desk/sign-in?"));
    assert!(
        sent_to_sign_in || answer.status == StatusCode::FORBIDDEN,
        "{method} {path} as {who}: {}",
        answer.status
    );
}
