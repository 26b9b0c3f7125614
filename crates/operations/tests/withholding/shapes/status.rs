//! What each status of file, block and transaction does.

use super::Case;
use super::Told::Report;

const STATUSES: &[Case] = &[
    ("no status at all", &[Report("", "", &[])], "sss sss"),
    ("group received", &[Report("RCVD", "", &[])], "sss sss"),
    ("group technically accepted", &[Report("ACTC", "", &[])], "sss sss"),
    ("group accepted by profile", &[Report("ACCP", "", &[])], "sss sss"),
    ("group being settled", &[Report("ACSP", "", &[])], "sss sss"),
    ("group accepted with change", &[Report("ACWC", "", &[])], "sss sss"),
    ("group pending", &[Report("PDNG", "", &[])], "sss sss"),
    ("group partly, nothing listed", &[Report("PART", "", &[])], "sss sss"),
    ("group settled", &[Report("ACSC", "", &[])], "ccc ccc"),
    ("group credited", &[Report("ACCC", "", &[])], "ccc ccc"),
    ("group refused", &[Report("RJCT", "", &[])], "rrr rrr"),
    ("block settled", &[Report("", "ACSC", &[])], "ccc ccc"),
    ("block credited", &[Report("PART", "ACCC", &[])], "ccc ccc"),
    ("block refused", &[Report("PART", "RJCT", &[])], "rrr rrr"),
    ("block pending", &[Report("PART", "PDNG", &[])], "sss sss"),
    ("transaction settled", &[Report("PART", "PART", &[("P1", "ACSC", "")])], "css sss"),
    ("transaction credited", &[Report("PART", "PART", &[("P1", "ACCC", "")])], "css sss"),
    ("transaction refused", &[Report("PART", "PART", &[("P1", "RJCT", "AM04")])], "rss sss"),
    ("transaction cancelled", &[Report("PART", "", &[("P1", "CANC", "")])], "rss sss"),
    ("transaction received", &[Report("", "", &[("P1", "RCVD", "")])], "sss sss"),
    ("transaction accepted", &[Report("", "", &[("P1", "ACCP", "")])], "sss sss"),
    ("transaction being settled", &[Report("", "", &[("P1", "ACSP", "")])], "sss sss"),
    ("transaction pending", &[Report("", "", &[("P1", "PDNG", "")])], "sss sss"),
    ("transaction blocked", &[Report("", "", &[("P1", "BLCK", "")])], "sss sss"),
    ("transaction of an unknown status", &[Report("", "", &[("P1", "ZZZZ", "")])], "sss sss"),
    ("a transaction has its block's status", &[Report("", "RJCT", &[("P1", "", "")])], "rrr rrr"),
    (
        "a transaction's word goes before its file's",
        &[Report("RJCT", "", &[("P1", "ACSC", "")])],
        "crr rrr",
    ),
    (
        "settled, and only the rejects listed",
        &[Report("ACSC", "", &[("U1", "RJCT", "AM04")])],
        "ccr ccc",
    ),
    (
        "partly, and only the rejects listed",
        &[Report("PART", "PART", &[("M1", "RJCT", "AM04"), ("U1", "RJCT", "AM04")])],
        "srr sss",
    ),
    (
        "each branch its own way",
        &[Report(
            "PART",
            "PART",
            &[("P1", "ACSC", ""), ("M1", "RJCT", "AM04"), ("U1", "PDNG", "")],
        )],
        "crs sss",
    ),
];

#[test]
fn each_status_of_file_block_and_transaction_does_what_the_table_says() {
    super::every_case(STATUSES);
}
