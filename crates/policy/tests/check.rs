//! What the check finds in small packs, with file and line; and the template.

use std::fs;
use std::path::Path;

use policy::check::{check, seal};
use policy::pack::PackFile;
use policy::shipped;
use units::Date;

const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/_template");

fn today() -> Date {
    "2026-11-24".parse().expect("a day")
}

/// The template's files with the seals that it needs: a pack without problems.
fn sealed_template() -> Vec<PackFile> {
    let mut files = template();
    let seals = seal::missing("city", &files, today()).expect("the template has no problems");
    files.push((seal::FILE.to_owned(), seals.join("\n")));
    files
}

fn template() -> Vec<PackFile> {
    let paths = fs::read_dir(Path::new(TEMPLATE)).expect("the template's folder");
    let paths = paths.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    let mut files: Vec<_> = paths
        .map(|path| {
            let name = path.file_name().expect("a file's name").to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("a text"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn the_template_passes_its_check_once_it_is_sealed() {
    let found = check("city", &sealed_template(), today());
    assert!(found.is_empty(), "{found:?}");
    assert!(check("city", &template(), today()).iter().all(|problem| problem.kind == "unsealed"));
}

#[test]
fn the_template_is_not_shipped() {
    assert!(shipped::files("_template").is_none());
    assert!(shipped::names().iter().all(|name| !name.starts_with('_')));
}

#[test]
fn each_mistake_is_found_with_its_file_and_line() {
    let overlapping = "[[pension_base]]\nfrom = 2025-06-01\npublished = 2025-06-01\nvalue = { range = { floor = 4100, cap = 20000, outside = \"refuse\" } }\ncite = { instrument = \"example-base\", quote = \"4100\", confidence = \"H\" }\n\n[[pension_charge]]";
    // File, what stands there, what is written instead, the line of the problem (that of `mark`
    // after the edit), its kind.
    let mistakes = [
        ("pension.toml", "floor = 4000", "floor = 4001", "[[pension_base]]", "edited"),
        (
            "pension.toml",
            "[[pension_charge]]",
            overlapping,
            "[[pension_base]]\nfrom = 2025-06-01",
            "overlap",
        ),
        (
            "medical.toml",
            "instrument = \"example-rules\", article = \"第五条\"",
            "instrument = \"nowhere\"",
            "[[medical_charge]]",
            "uncited",
        ),
        (
            "medical.toml",
            "quote = \"缴费基数与养老保险一致\"",
            "quote = \" \"",
            "[[medical_base]]",
            "uncited",
        ),
        ("pension.toml", "until = 2025-12-31", "untill = 2025-12-31", "untill", "unknown_key"),
        (
            "branches.toml",
            "[[open_branches]]",
            "[[opened_branches]]",
            "[[opened_branches]]",
            "unknown_key",
        ),
        ("pension.toml", "floor = 4000", "floor = 40000", "[[pension_base]]", "nonsense"),
    ];
    for (file, stands, written, mark, kind) in mistakes {
        let mut files = sealed_template();
        let (_, text) = files.iter_mut().find(|(path, _)| path == file).expect("the file");
        assert!(text.contains(stands), "{file} has {stands}");
        *text = text.replacen(stands, written, 1);
        let before = text.split(mark).next().expect("a first part");
        let line = before.matches('\n').count() + 1;
        let found = check("city", &files, today());
        let place = format!("city/{file}");
        let is_found = found.iter().any(|problem| {
            (&*problem.place.file, problem.place.line, problem.kind) == (&*place, line, kind)
        });
        assert!(is_found, "{kind} at {place}:{line}, not among {found:#?}");
    }
}

#[test]
fn a_value_without_citation_is_refused_with_its_line() {
    let mut files = sealed_template();
    let (_, text) = files.iter_mut().find(|(path, _)| path == "branches.toml").expect("the file");
    *text = text.lines().filter(|line| !line.starts_with("cite")).collect::<Vec<_>>().join("\n");
    let line = text.split("[[open_branches]]").next().expect("a part").matches('\n').count() + 1;
    let found = check("city", &files, today());
    assert_eq!((found[0].kind, found[0].place.line), ("uncited", line), "{found:?}");
}
