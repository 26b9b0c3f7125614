//! The start page of each role and every page that its menu opens, in Chinese and English: the
//! keyboard reaches all of it, nothing is refused, and nothing is in the other language.

use serde_json::json;
use units::Fen;

use crate::city::strange_statement;
use crate::hand::Hand;
use crate::page::Page;
use crate::screen::Screen;
use crate::suspense::pay;
use crate::tongue::{TONGUES, Words};
use crate::walk;

const ROLES: [(Words, &str); 5] = [
    (("窗口", "Window"), "window"),
    (("复核", "Review"), "review"),
    (("财务", "Finance"), "finance"),
    (("稽核", "Audit"), "audit"),
    (("管理", "Administration"), "admin"),
];

#[test]
fn each_role_starts_on_its_page_and_its_menu_opens_without_a_mouse() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            strange_statement(&city.app);
            pay(&city.app, city.people.wang, Fen::from_yuan(1000), "2026-11-19");
            let hand = Hand::new(page.clone(), tongue);
            for (role, name) in ROLES {
                hand.opens("/desk/sign-in").await;
                hand.presses(role).await;
                hand.reads(("退出登录", "Sign out")).await;
                hand.shows(&format!("start-{name}")).await;
                for path in menu(&page).await {
                    page.open(&path).await;
                    let place = path.rsplit('/').next().unwrap();
                    hand.shows(&format!("start-{name}-{place}")).await;
                    has_no_trap(&page).await;
                    let refused = hand.say(("您不能打开这个页面", "You can't open this page"));
                    assert!(!page.text().await.contains(refused), "{name} {path}");
                }
                hand.signs_out().await;
            }
        });
    }
}

async fn menu(page: &Page) -> Vec<String> {
    let links = "return [...document.querySelectorAll('.menu a')].map(a => a.pathname);";
    serde_json::from_value(page.ask(links).await).unwrap()
}

/// Tab reaches everything that can be used on the page, and is never caught.
pub(crate) async fn has_no_trap(page: &Page) {
    let usable = "[...document.querySelectorAll('a[href], button, summary, select, \
                  input:not([type=hidden])')].filter(e => e.checkVisibility())";
    let watch = format!(
        "document.addEventListener('focusin', e => {{ e.target.dataset.reached = '1'; \
         const group = e.target.type === 'radio' ? document.getElementsByName(e.target.name) : []; \
         for (const one of group) one.dataset.reached = '1'; }}); \
         document.activeElement.dataset.reached = '1'; return {usable}.length;"
    );
    let count = page.ask(&watch).await.as_u64().unwrap();
    page.tabs(count + 4).await;
    let missed = format!("return {usable}.filter(e => !e.dataset.reached).map(e => e.outerHTML);");
    assert_eq!(
        page.ask(&missed).await,
        json!([]),
        "Tab does not reach these at {}",
        page.path().await
    );
}
