//! Policy packs: one file of law, spoilt, in a pack that is otherwise whole.

use insurance::calculator::{monthly_bill, worked_case};
use policy::pack::PackFile;
use policy::{Branch, Pack, check, shipped};
use units::{Date, Fen, Month};

use super::{Parser, assert_sentence};

/// A file of law. It takes the place of the file that it was made from, so that whatever it still
/// says is computed with.
pub const LAW: Parser = Parser {
    name: "policy_pack",
    rounds: 12,
    samples: || law_of("nanjing").into_iter().map(|(_, text)| text.into_bytes()).collect(),
    read: |bytes| read(&String::from_utf8_lossy(bytes)),
};

fn law_of(pack: &str) -> Vec<PackFile> {
    let mut files = shipped::files(pack).expect("a shipped pack");
    files.retain(|(path, _)| path.ends_with(".toml"));
    files
}

fn read(law: &str) {
    // The first line of each file is a remark that tells it from the others.
    let first = law.lines().next().unwrap_or_default();
    let mut files = law_of("nanjing");
    match files.iter_mut().find(|(_, text)| text.lines().next() == Some(first)) {
        Some((_, text)) => law.clone_into(text),
        None => files.push(("law.toml".to_owned(), law.to_owned())),
    }
    let day: Date = "2026-11-24".parse().expect("a day");
    for problem in check::check("city", &files, day) {
        assert!(problem.place.line >= 1 && !problem.place.file.is_empty(), "{problem}");
        assert_sentence(&problem.message);
    }
    match Pack::read("city", &files) {
        Ok(pack) => use_it(&pack, day),
        Err(problems) => {
            for problem in &problems.0 {
                assert!(problem.place.line >= 1 && !problem.place.file.is_empty(), "{problem}");
            }
        }
    }
}

fn use_it(pack: &Pack, day: Date) {
    for month in ["2023-02", "2025-03", "2026-11"] {
        let month: Month = month.parse().expect("a month");
        let Ok(rules) = pack.rules(month, day) else { continue };
        drop(monthly_bill::bill(&rules, (rules.open_branches(), Fen::from_yuan(6_000))));
        for branch in Branch::ALL {
            for base in [0, 4_952, 6_000, 1_000_000_000] {
                drop(rules.charge(branch, Fen::from_yuan(base)));
                drop(rules.explain(branch, Fen::from_yuan(base)));
            }
            drop(pack.calendar().settlement_year(branch, day));
        }
        drop(pack.review(month, month.first_day(), day));
        drop(pack.calendar().deposit_day(month));
        drop(pack.calendar().plus_working_days(month.first_day(), 20));
        for kind in policy::WindowKind::ALL {
            drop(pack.calendar().open_days(kind, month));
        }
    }
    let _ = worked_case::run(pack);
}
