//! A clerk signs in at an identity provider that others wrote, through its pages and back.

use fantoccini::key::Key;
use insurance::clerk::{Role, RoleSet};
use server::console::account::{NewAccount, open};

use crate::driver::Driver;
use crate::page::Page;
use crate::provider::Elsewhere;
use crate::screen::Screen;

#[test]
fn a_clerk_goes_to_the_identity_provider_and_comes_back_signed_in() {
    store::testing::on_sqlite(|db| {
        let (app, _) = crate::city::fill(db);
        let new = NewAccount {
            account: "wu-min".to_owned(),
            name: "吴敏".to_owned(),
            office: "gulou".to_owned(),
            roles: RoleSet::of(&[Role::Window]),
        };
        open(&app, new, "correct horse battery").unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let site = format!("http://{}", listener.local_addr().unwrap());
            let elsewhere = Elsewhere::start("RS256", &site);
            let router = elsewhere.site(&app, &site);
            let router = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
            tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
            let driver = Driver::start();
            let page = Page::open_browser(&driver, site, Screen::desk()).await;
            steps(&page).await;
            page.close().await;
        });
    });
}

async fn steps(page: &Page) {
    page.open("/desk/imports").await;
    page.sees("用统一身份认证登录").await;
    page.photograph("desk-sign-in").await;
    page.press("用统一身份认证登录").await;
    page.sees("Sign-in").await;
    page.keys("wu-min").await;
    page.key(Key::Tab).await;
    page.keys("any").await;
    page.key(Key::Enter).await;
    page.press("Continue").await;
    page.sees("吴敏").await;
    assert_eq!(page.path().await, "/desk/imports");
}
