//! Every worked case of every shipped pack comes out as its document says.

use insurance::calculator::worked_case;
use policy::{Pack, shipped};

#[test]
fn every_worked_case_comes_out_as_its_source_says() {
    let mut lines = Vec::new();
    for name in shipped::names().into_iter().chain(["national"]) {
        let pack = Pack::shipped(name).expect("the name is a shipped pack's");
        let report = worked_case::run(&pack);
        assert!(report.count >= 5, "{name} has {} cases", report.count);
        lines.extend(report.problems.iter().map(ToString::to_string));
    }
    assert!(lines.is_empty(), "\n{}", lines.join("\n"));
}

#[test]
fn a_case_that_the_pack_contradicts_is_named_with_its_line() {
    let mut files = shipped::files("shanghai").expect("shipped");
    let wrong = "[[charge]]\nmonth = \"2026-08\"\nbranch = \"pension\"\nbase = 7546\namount = \"1509.10\"\nsource = \"invented\"\n";
    files.push(("cases/wrong.toml".to_owned(), format!("# One wrong case.\n\n{wrong}")));
    let pack = Pack::read("shanghai", &files).expect("the pack is shipped");
    let problems = worked_case::run(&pack).problems;
    assert_eq!(
        problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "shanghai/cases/wrong.toml:3: contradicts: charge: the amount is expected to be 1509.10, but the pack gives 1509.20 (source: invented)"
        ]
    );
}

#[test]
fn a_misspelt_word_in_a_case_is_not_passed_over() {
    let mut files = shipped::files("shanghai").expect("shipped");
    let case = "[[charge]]\nmonth = \"2026-08\"\nbranch = \"pension\"\nbase = 7546\namout = \"1509.10\"\nsource = \"invented\"\n";
    files.push(("cases/wrong.toml".to_owned(), case.to_owned()));
    let pack = Pack::read("shanghai", &files).expect("the pack is shipped");
    let problems = worked_case::run(&pack).problems;
    assert!(
        problems[0]
            .to_string()
            .starts_with("shanghai/cases/wrong.toml:5: unreadable: unknown field `amout`")
    );
}
