//! A city that no Rust code knows: text files alone assess a person's month.

use std::fs;
use std::path::{Path, PathBuf};

use insurance::assessment::{Insured, assess};
use insurance::calculator::worked_case;
use insurance::ids::{AssessmentBatchId, PersonId};
use policy::pack::PackFile;
use policy::{Branch, BranchSet, Pack};
use units::Fen;

/// The template's files under an invented name, cases too.
fn files() -> Vec<PackFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/_template");
    let within = |folder: PathBuf| {
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path())
    };
    let paths =
        within(root.clone()).chain(within(root.join("cases"))).filter(|path| path.is_file());
    let file = |path: PathBuf| {
        let inner = path.strip_prefix(&root).expect("below the root").display().to_string();
        (inner, fs::read_to_string(path).expect("a text"))
    };
    paths.map(file).collect()
}

#[test]
fn a_new_city_of_text_files_alone_assesses_a_month() {
    let pack = Pack::read("taoyuan", &files()).expect("the files are well written");
    let day = "2025-06-20".parse().expect("a day");
    let rules = pack.rules("2025-06".parse().expect("a month"), day).expect("the month is encoded");
    let (person, batch) = (PersonId::from_i64(1), AssessmentBatchId::from_i64(2));
    let branches = BranchSet::EMPTY.with(Branch::Pension).with(Branch::Medical);
    let mut dues = Vec::new();
    let insured = Insured { person, branches, base: Fen::from_yuan(4000), part: 0 };
    assess(&insured, &rules, batch, &mut dues).expect("the base is allowed");
    let amounts: Vec<_> = dues.iter().map(|due| due.amount.to_string()).collect();
    // 4,000 × 20 % = 800.00; 4,000 × 9 % + 10.00 = 370.00.
    assert_eq!(amounts, ["800.00", "370.00"]);
}

#[test]
fn the_worked_cases_of_the_template_come_out() {
    let pack = Pack::read("taoyuan", &files()).expect("the files are well written");
    let report = worked_case::run(&pack);
    assert_eq!((report.count, report.problems), (4, Vec::new()));
}
