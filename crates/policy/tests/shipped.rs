//! Every shipped pack reads and is free of problems.

use policy::{check, shipped};

#[test]
fn every_shipped_pack_passes_its_check() {
    let today = "2026-11-24".parse().expect("a day");
    let mut problems = Vec::new();
    for name in shipped::names().into_iter().chain(["national"]) {
        let files = shipped::files(name).expect("the name is a shipped pack's");
        problems.extend(check::check(name, &files, today));
    }
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "\n{}", lines.join("\n"));
}
