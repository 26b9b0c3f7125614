//! What `shebao bank export` writes is held against the published schema by libxml2.

use std::path::Path;
use std::process::Command;

use crate::desk::{Desk, shown};

/// Two banks that take `pain.008`; one takes 100 debits a file.
const AGREEMENTS: &str = r#"
initiator = "社会保险管理中心"
initiator_code = "12320100MB0000000F"

[[bank]]
code = "ccb"
number = "105301000013"
account_name = "社会保险基金财政专户 <养老 & 医疗>"
account = "32001881234059000001"
limit = 100
format = "iso20022"

[[bank]]
code = "icbc"
number = "102100099996"
account_name = "社会保险基金财政专户"
account = "4301011109100000001"
limit = 50000
format = "iso20022"
"#;

/// The element that wraps every message.
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08";

fn assert_valid(path: &Path) {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../channels/schemas/iso20022/pain.008.001.08.xsd");
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .args([schema.as_path(), path])
        .output()
        .expect("xmllint is installed by `cargo xtask test`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_exported_file_is_valid_by_the_published_schema_also_the_next_days() {
    let desk = Desk::with(&["ccb", "icbc"]);
    let agreements = desk.path("banks.toml");
    std::fs::write(&agreements, AGREEMENTS).unwrap();
    let (out, agreements) = (shown(&desk.path("out")), shown(&agreements));
    let export = ["bank", "export", "--out", &out, "--agreements", &agreements];
    let mut seen = 0;
    for day in ["2026-11-26", "2026-11-27"] {
        desk.run(day, &export);
        let sent: Vec<_> = ["ccb", "icbc"].into_iter().flat_map(|bank| desk.sent(bank)).collect();
        assert!(sent.len() > seen, "a day without files proves nothing");
        for (path, text) in &sent {
            assert!(text.contains(NAMESPACE), "{}", path.display());
            assert_valid(path);
        }
        seen = sent.len();
        for bank in ["ccb", "icbc"] {
            let files = desk.answers_by(day, bank, &agreements);
            let mut import = vec!["bank", "import", "--bank", bank, "--agreements", &agreements];
            import.extend(files.iter().map(String::as_str));
            desk.run(day, &import);
        }
    }
    let first_day = desk.sent("ccb").iter().filter(|(_, text)| text.contains("2026-11-26")).count();
    assert!(first_day >= 6, "600 debits in files of 100 at most: {first_day}");
}
