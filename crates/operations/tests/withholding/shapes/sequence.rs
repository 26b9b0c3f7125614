//! What answers do that come late, twice, in another order, or with other words under one number.

use super::Case;
use super::Told::{Again, Booked, Report};

const ORDERS: &[Case] = &[
    ("the same report twice", &[Report("", "", &[("P1", "ACSC", "")]), Again("", "")], "css sss"),
    (
        "the same words under another number",
        &[Report("", "", &[("P1", "ACSC", "")]), Again("<MsgId>BANK", "<MsgId>OTHER")],
        "css sss",
    ),
    (
        "a transaction twice in one report",
        &[Report("", "", &[("P1", "RJCT", "AM04"), ("P1", "RJCT", "AM04")])],
        "rss sss",
    ),
    (
        "pending, then settled",
        &[Report("", "", &[("P1", "PDNG", "")]), Report("", "", &[("P1", "ACSC", "")])],
        "css sss",
    ),
    (
        "settled, then pending",
        &[Report("", "", &[("P1", "ACSC", "")]), Report("", "", &[("P1", "PDNG", "")])],
        "css sss",
    ),
    (
        "settled, then refused",
        &[Report("", "", &[("P1", "ACSC", "")]), Report("", "", &[("P1", "RJCT", "AM04")])],
        "css sss, 1 contradicted",
    ),
    (
        "refused, then settled by word alone",
        &[Report("", "", &[("P1", "RJCT", "AM04")]), Report("", "", &[("P1", "ACSC", "")])],
        "rss sss, 1 contradicted",
    ),
    (
        "refused, then booked",
        &[Report("", "", &[("P1", "RJCT", "AM04")]), Booked(&[("P1", "BOOK", "n1")])],
        "css sss",
    ),
    (
        "reported, then booked",
        &[Report("", "", &[("P1", "ACSC", "")]), Booked(&[("P1", "BOOK", "n1")])],
        "css sss",
    ),
    (
        "booked, then reported",
        &[Booked(&[("P1", "BOOK", "n1")]), Report("", "", &[("P1", "ACSC", "")])],
        "css sss",
    ),
    (
        "in two reports, the second first",
        &[Report("", "", &[("P2", "ACSC", "")]), Report("", "", &[("P1", "RJCT", "AC04")])],
        "rss css",
    ),
    (
        "another word under the number of an earlier report",
        &[Report("", "", &[("P1", "ACSC", "")]), Again("<TxSts>ACSC", "<TxSts>ACCC")],
        "css sss",
    ),
    (
        "other transactions under the number of an earlier report",
        &[
            Report("", "", &[("P1", "ACSC", "")]),
            Again("<TxInfAndSts>", "<TxInfAndSts><OrgnlInstrId>2</OrgnlInstrId>"),
        ],
        "css sss",
    ),
    (
        "the contrary under the number of an earlier report",
        &[Report("", "", &[("P1", "ACSC", "")]), Again("<TxSts>ACSC", "<TxSts>RJCT")],
        "css sss, 1 contradicted",
    ),
    (
        "another amount under the number of an earlier booking",
        &[Booked(&[("P1", "BOOK", "n1")]), Again("Ccy=\"CNY\">9", "Ccy=\"CNY\">8")],
        "css sss, 1 contradicted",
    ),
];

#[test]
fn answers_that_come_late_twice_or_in_another_order_do_what_the_table_says() {
    super::every_case(ORDERS);
}
