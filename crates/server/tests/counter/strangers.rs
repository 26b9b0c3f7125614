//! Every way of the golden list that a partner's keys open, called by everybody else.

use channels::http_message::{Headers, Method, Request};
use serde_json::json;
use store::testing::for_each_url_text;

use crate::bank::Bank;
use crate::city::{City, DAY};

const GOLDEN: &str = include_str!("../site/routes.txt");

/// Method, path and partner of each way that keys open.
fn ways() -> Vec<(Method, String, &'static str)> {
    let ways = GOLDEN.lines().filter_map(|line| {
        let (way, callers) = line.split_once("  ")?;
        let partner = ["bank", "hospital"].into_iter().find(|partner| *partner == callers)?;
        let (method, path) = way.split_once(' ')?;
        let method = if method == "GET" { Method::Get } else { Method::Post };
        let path = path.replace("{date}", DAY).replace("{serial}", "0000042");
        Some((method, path, partner))
    });
    ways.collect()
}

#[test]
fn a_partners_way_refuses_nobody_a_session_and_the_other_partner() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let bank = city.add_key("ccb", super::Algorithm::HmacSha256);
        let hospital = city.add_hospital_key("gulou-hospital");
        let server = city.serve();
        let (bank, hospital) = (Bank::new(&server.base, &bank), Bank::new(&server.base, &hospital));
        assert_eq!(ways().len(), 7, "the golden list names partners' ways");
        for (method, path, partner) in ways() {
            for headers in [Headers::new(), Headers::new().with("cookie", "session=0011223344")] {
                let headers = headers.with("content-type", "application/json");
                let call = Request { method, target: path.clone(), headers, body: b"{}".to_vec() };
                let (status, refused) = bank.send(&call);
                let told = (status, refused["code"].as_str().unwrap_or_default());
                assert_eq!(told, (401, "signature_required"), "{path} as nobody: {refused}");
            }
            let other = if partner == "bank" { &hospital } else { &bank };
            let (status, refused) = other.send(&other.signed_with(method, &path, &json!({})));
            let told = (status, refused["code"].as_str().unwrap_or_default());
            assert_eq!(told, (403, "caller_not_allowed"), "{path} as the other partner");
        }
    });
}
