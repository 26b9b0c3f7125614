//! Somebody's way through the identity provider's pages, without a screen.

use std::time::Duration;

use channels::http_message::{Answer, Headers, Method, Request};
use channels::http_send::Sender;

use crate::provider::Elsewhere;

/// A browser at the provider: its cookies.
struct Guest<'e> {
    elsewhere: &'e Elsewhere,
    cookies: Vec<(String, String)>,
}

/// Makes the provider honest, or what its word says.
pub(crate) async fn play(elsewhere: &Elsewhere, mode: &str) {
    let mut guest = Guest { elsewhere, cookies: Vec::new() };
    guest.call(Method::Get, &format!("/play?as={mode}"), "").await;
}

/// Signs in at the provider: from the address that the site gave to the one that leads back.
pub(crate) async fn sign_in(elsewhere: &Elsewhere, begin: &str, who: &str) -> String {
    let mut guest = Guest { elsewhere, cookies: Vec::new() };
    let mut answer = guest.call(Method::Get, begin, "").await;
    for _ in 0..10 {
        if let Some(onward) = answer.headers.get("location").map(str::to_owned) {
            if onward.contains("/desk/single-sign-on/return") {
                return onward;
            }
            answer = guest.call(Method::Get, &onward, "").await;
            continue;
        }
        let page = String::from_utf8_lossy(&answer.body).into_owned();
        let (_, rest) = page.split_once("action=\"").expect("a page with a form");
        let action = rest.split_once('"').unwrap().0.to_owned();
        let name = who.replace('@', "%40");
        let fields = match page.contains("name=\"login\"") {
            true => format!("prompt=login&login={name}&password=any"),
            false => "prompt=consent".to_owned(),
        };
        answer = guest.call(Method::Post, &action, &fields).await;
    }
    panic!("the provider does not lead back");
}

impl Guest<'_> {
    async fn call(&mut self, method: Method, address: &str, body: &str) -> Answer {
        let target = address.strip_prefix(&self.elsewhere.address).unwrap_or(address).to_owned();
        let sent: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = Headers::default()
            .with("Cookie", sent.join("; "))
            .with("Content-Type", "application/x-www-form-urlencoded");
        let request = Request { method, target, headers, body: body.as_bytes().to_vec() };
        let (sender, host) =
            (Sender::network(Duration::from_secs(10)), self.elsewhere.address.clone());
        let answer = tokio::task::spawn_blocking(move || sender.send(&host, &request).unwrap());
        let answer = answer.await.unwrap();
        for (name, value) in answer.headers.iter() {
            if name.eq_ignore_ascii_case("set-cookie") {
                let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                self.cookies.retain(|(known, _)| known != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }
}
