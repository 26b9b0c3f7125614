//! Sixty-four tellers at once, lost answers and reversals, the program killed as by a power cut
//! and started again: in the end the city's books are the bank's journal.

use std::process::Child;
use std::time::Duration;

use store::testing::for_each_url_text;

use crate::city::City;

const PEOPLE: usize = 2_000;
const KILLS: usize = 3;

#[test]
fn the_books_equal_the_banks_journal_after_lost_answers_and_power_cuts() {
    for_each_url_text(|url| {
        let city = City::new(url, PEOPLE);
        let mut server = city.serve();
        let address = server.base.trim_start_matches("http://").to_owned();
        let mut bank = city.sandbox(&server.base, "7");
        let mut killed = 0;
        while killed < KILLS && bank.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(900));
            server.kill();
            killed += 1;
            server = city.serve_on(&address);
        }
        let said = ended(bank);
        assert!(killed > 0, "the bank was done before the first power cut");
        let count = |name: &str| said[name].as_u64().unwrap();
        let all = count("paid") + count("reversed") + count("not_paid");
        assert_eq!(all, u64::try_from(PEOPLE).unwrap(), "{said}");
        assert!(count("reversed") > 200 && count("lost_answers") > 200, "{said}");
        assert_eq!(count("matched"), count("paid") + count("reversed"), "{said}");
        assert_eq!(said["differences"].as_array().unwrap().len(), 0, "{said}");
        drop(server);
        city.verify();
    });
}

/// What the bank said in the end.
fn ended(bank: Child) -> serde_json::Value {
    let done = bank.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}");
    serde_json::from_str(&said).unwrap()
}
