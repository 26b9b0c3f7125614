//! What money does that is booked, sent back, or of a stranger, in every version of `camt.054`.

use super::Told::{Again, Booked, Report};
use super::{Case, Version};

const MONEY: &[Case] = &[
    ("booked", &[Booked(&[("P1", "BOOK", "n1"), ("M1", "BOOK", "n2")])], "ccs sss"),
    ("announced only", &[Booked(&[("P1", "PDNG", "n1")])], "sss sss"),
    ("for information only", &[Booked(&[("P1", "INFO", "n1")])], "sss sss"),
    (
        "booked twice under one number",
        &[Booked(&[("P1", "BOOK", "n1"), ("P1", "BOOK", "n1")])],
        "css sss",
    ),
    (
        "booked twice under two numbers",
        &[Booked(&[("P1", "BOOK", "n1"), ("P1", "BOOK", "n2")])],
        "css sss, P1 held",
    ),
    (
        "for a number that is none of ours",
        &[Booked(&[("STRANGER", "BOOK", "n1")])],
        "sss sss, 1 unknown, P1 held",
    ),
    (
        "without an end-to-end number",
        &[Booked(&[("", "BOOK", "n1")])],
        "sss sss, 1 unknown, P1 held",
    ),
    (
        "reported for a stranger is no money yet",
        &[Report("", "", &[("STRANGER", "ACSC", "")])],
        "sss sss, 1 unknown",
    ),
    (
        "reported without an end-to-end number",
        &[Report("", "", &[("", "ACSC", ""), ("P1", "ACSC", "")])],
        "css sss, 1 unknown",
    ),
    (
        "a refusal without an end-to-end number",
        &[Report("", "", &[("", "RJCT", "AM04")])],
        "sss sss, 1 unknown",
    ),
    (
        "returned after it was booked",
        &[Booked(&[("P1", "BOOK", "n1")]), Booked(&[("P1", "BACK", "MD06")])],
        "bss sss",
    ),
    (
        "returned after it was reported",
        &[Report("", "", &[("P1", "ACSC", "")]), Booked(&[("P1", "BACK", "MD06")])],
        "bss sss",
    ),
    ("returned before anything was told", &[Booked(&[("P1", "BACK", "AC04")])], "bss sss"),
    (
        "returned twice",
        &[
            Booked(&[("P1", "BOOK", "n1")]),
            Booked(&[("P1", "BACK", "MD06")]),
            Again("<MsgId>BANK", "<MsgId>OTHER"),
        ],
        "bss sss",
    ),
    (
        "refused, then returned",
        &[Report("", "", &[("P1", "RJCT", "AM04")]), Booked(&[("P1", "BACK", "MD06")])],
        "bss sss",
    ),
    (
        "returned, then refused",
        &[Booked(&[("P1", "BACK", "MD06")]), Report("", "", &[("P1", "RJCT", "AM04")])],
        "bss sss, 1 contradicted",
    ),
];

#[test]
fn money_that_is_booked_sent_back_or_of_a_stranger_does_what_the_table_says() {
    super::every_case(MONEY);
}

#[test]
fn older_versions_of_a_notification_do_the_same() {
    for version in [Version::V02, Version::V04] {
        super::every_case_on_sqlite(MONEY, version);
    }
    store::testing::on_postgres(|db| {
        for (name, files, expected) in &MONEY[..1] {
            let world = super::sent_world(db);
            assert_eq!(super::stand_after(&world, (files, Version::V02)), *expected, "{name}");
        }
    });
}
