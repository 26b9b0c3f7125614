//! Nobody can send a bank's call a second time, and nobody calls from elsewhere in its name.

use channels::counter_api::http_signature::algorithm::Algorithm;
use store::testing::for_each_url_text;

use crate::bank::Bank;
use crate::city::{CARD, City};

#[test]
fn a_call_that_was_answered_is_not_answered_again_after_a_power_cut_either() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let key = city.add_key("ccb", Algorithm::HmacSha256);
        let mut server = city.serve();
        let address = server.base.trim_start_matches("http://").to_owned();
        let bank = Bank::new(&server.base, &key);
        let (found, not_found) = (bank.signed_query(CARD), bank.signed_query("C99999999"));
        assert_eq!(bank.send(&found).0, 200);
        assert_eq!(bank.send(&not_found).0, 404);
        let refused = |what: &str| {
            for call in [&found, &not_found] {
                let (status, problem) = bank.send(call);
                assert_eq!(
                    (status, problem["code"].as_str()),
                    (401, Some("nonce_repeated")),
                    "{what}"
                );
            }
        };
        refused("while the program runs");
        server.kill();
        let _server = city.serve_on(&address);
        refused("after it was killed and started again");
        assert_eq!(bank.query_first().0, 200, "a new call is answered");
    });
}

/// Two programs serve one city on PostgreSQL; what one of them answered, the other refuses.
#[test]
fn a_call_that_one_program_answered_is_refused_by_another_one_of_the_same_city() {
    for_each_url_text(|url| {
        if url.starts_with("sqlite:") {
            return;
        }
        let city = City::new(url, 3);
        let key = city.add_key("ccb", Algorithm::HmacSha256);
        let (one, other) = (city.serve(), city.serve());
        let (bank, elsewhere) = (Bank::new(&one.base, &key), Bank::new(&other.base, &key));
        for (card, first) in [(CARD, 200), ("C99999999", 404)] {
            let call = bank.signed_query(card);
            assert_eq!(bank.send(&call).0, first);
            let (status, problem) = bank.send_to(&other.base, &call);
            assert_eq!((status, problem["code"].as_str()), (401, Some("nonce_repeated")), "{card}");
        }
        assert_eq!(elsewhere.query_first().0, 200, "a new call is answered");
        assert_eq!(bank.query_first().0, 200);
    });
}

#[test]
fn a_bank_calls_from_its_networks_only_from_the_next_call_on() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let key = city.add_key("ccb", Algorithm::HmacSha256);
        let other = city.add_key("icbc", Algorithm::Ed25519);
        let server = city.serve();
        let asks = |key| Bank::new(&server.base, key).query_first();
        let network = |act: &str, network: &str| {
            city.run(&["counter", "network", act, "--bank", "ccb", network])
        };
        assert_eq!(asks(&key).0, 200, "from everywhere while it has no network");
        assert_eq!(network("add", "10.20.0.0/16").trim(), "ccb  10.20.0.0/16");
        let (status, problem) = asks(&key);
        assert_eq!((status, problem["code"].as_str()), (403, Some("network_not_allowed")));
        assert!(problem["detail_zh"].as_str().unwrap().contains("网段"), "{problem}");
        assert_eq!(asks(&other).0, 200, "other banks have their own");
        network("add", "127.0.0.0/8");
        assert_eq!(asks(&key).0, 200);
        network("remove", "127.0.0.0/8");
        assert_eq!(asks(&key).0, 403);
        network("remove", "10.20.0.0/16");
        assert_eq!(asks(&key).0, 200);

        let refused = |act: &str, network: &str| {
            city.refused(&["counter", "network", act, "--bank", "ccb", network])
        };
        assert!(refused("add", "10.20.30.40/16").contains("10.20.0.0/16"));
        assert!(refused("add", "bank").contains("must be an address or a network"));
        assert!(refused("remove", "10.20.0.0/16").contains("has no network"));
    });
}

/// A proxy on the same machine says whose call it passes on; nobody else is believed.
#[test]
fn behind_a_proxy_on_this_machine_the_address_that_it_saw_counts() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let key = city.add_key("ccb", Algorithm::HmacSha256);
        let server = city.serve();
        let bank = Bank::new(&server.base, &key);
        city.run(&["counter", "network", "add", "--bank", "ccb", "10.20.0.0/16"]);
        let through = |address: &str| {
            let mut call = bank.signed_query(CARD);
            call.headers.push("x-forwarded-for", address);
            bank.send(&call).0
        };
        assert_eq!(through("10.20.3.4"), 200);
        assert_eq!(through("10.21.3.4"), 403);
        assert_eq!(through("10.20.3.4, 203.0.113.9"), 403, "what a caller wrote itself");
    });
}

#[test]
fn a_body_that_is_too_large_is_refused_before_it_is_read_and_a_days_file_may_be_larger() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let key = city.add_key("ccb", Algorithm::HmacSha256);
        let server = city.serve();
        let bank = Bank::new(&server.base, &key);
        let card = "C".repeat(64 * 1024);
        let (status, problem) = bank.send(&bank.signed_query(&card));
        assert_eq!((status, problem["code"].as_str()), (413, Some("body_too_large")));
        let (status, problem) = bank.send(&bank.signed_query(&card[..60_000]));
        assert_eq!((status, problem["code"].as_str()), (422, Some("card_number_invalid")));
        let much = serde_json::Value::from("x".repeat(1024 * 1024));
        let file = bank.signed("/counter/v1/day-ends/2026-11-10/detail", &much);
        let (status, problem) = bank.send(&file);
        assert_eq!((status, problem["code"].as_str()), (415, Some("unsupported_media_type")));
        assert_eq!(bank.query_first().0, 200);
    });
}
