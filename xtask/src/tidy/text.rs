//! Rules about what stands in files: words, SQL, white space, packs, pages.

use super::finding::{Finding, Rule};
use super::shape::rust_files;
use super::tree::{File, Tree, numbered};

/// What must not stand in code. The reason is the message.
const CODE_WORDS: [(&str, &str); 6] = [
    ("[allow(", "write `#[expect(lint, reason = \"…\")]`"),
    ("[ignore", "a test that does not run proves nothing"),
    ("todo!", "finish it or leave it out"),
    ("unimplemented!", "finish it or leave it out"),
    ("dbg!", "take it out"),
    ("allow_attributes", "the lint stays on"),
];
/// What must not stand anywhere in a text that people write.
const NOTE_WORDS: [&str; 2] = ["TODO", "FIXME"];
/// Endings of the texts that people write; samples from outside have other ones.
const WRITTEN: [&str; 9] = ["rs", "toml", "md", "html", "css", "js", "sql", "sh", "yml"];
/// SQL statements begin with the first word and have the second one later.
const SQL: [[&str; 2]; 4] =
    [["SELECT", ""], ["INSERT", "INTO"], ["UPDATE", "SET"], ["DELETE", "FROM"]];
const PACK_LINES_MAX: usize = 150;
const STYLE_LINES_MAX: usize = 400;
const SCRIPT_LINES_MAX: usize = 200;

/// Words that must not reach main.
pub(super) fn word(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in rust_files(tree) {
        let code = file.rust.as_ref().map_or("", |rust| &rust.code);
        for (line, text) in numbered(code) {
            for (word, why) in CODE_WORDS.iter().filter(|(word, _)| text.contains(word)) {
                findings.push(finding(file, line, Rule::Word, format!("`{word}`: {why}")));
            }
        }
    }
    for file in written(tree).filter(|file| file.ending() != "md") {
        for (line, text) in file.lines() {
            for word in NOTE_WORDS.iter().filter(|word| text.contains(*word)) {
                let message = format!("`{word}`: do it, or say in words what is missing and why");
                findings.push(finding(file, line, Rule::Word, message));
            }
        }
    }
}

/// SQL is in `store` only.
pub(super) fn sql(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in rust_files(tree).filter(|file| !file.path.starts_with("crates/store/")) {
        let strings = file.rust.as_ref().map_or("", |rust| &rust.strings);
        for (line, text) in numbered(strings) {
            if is_sql(text) {
                let message = "SQL outside the `store` crate".to_owned();
                findings.push(finding(file, line, Rule::Sql, message));
            }
        }
    }
}

/// Whether a line of a string literal holds a statement. Upper case only: pages may say
/// "Select a month".
fn is_sql(line: &str) -> bool {
    let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    SQL.iter().any(|[verb, second]| {
        let after = words.iter().skip_while(|word| *word != verb);
        let needs_none = second.is_empty() && after.clone().nth(1).is_some_and(|w| !w.is_empty());
        needs_none || after.skip(1).any(|word| !second.is_empty() && word == second)
    })
}

/// No white space at the end of a line, one line feed at the end of a file.
pub(super) fn space(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in written(tree) {
        for (line, text) in file.lines() {
            if text.ends_with([' ', '\t']) {
                let message = "white space at the end of the line".to_owned();
                findings.push(finding(file, line, Rule::Space, message));
            }
        }
        let text = file.text.as_deref().unwrap_or_default();
        if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
            let message = "must end with one line feed".to_owned();
            findings.push(finding(file, 0, Rule::Space, message));
        }
    }
}

/// A policy pack's file is at most 150 lines and says when it was last checked.
pub(super) fn pack(tree: &Tree, findings: &mut Vec<Finding>) {
    let packs = |file: &&File| file.path.starts_with("policies/") && file.ending() == "toml";
    for file in tree.files.iter().filter(packs) {
        let lines = file.text.as_deref().unwrap_or_default().lines().count();
        if lines > PACK_LINES_MAX {
            let message = format!("{lines} lines, at most {PACK_LINES_MAX}: one file per topic");
            findings.push(finding(file, 0, Rule::Pack, message));
        }
        // A case is an example and `pack.toml` a title page; neither holds law.
        let holds_law = !file.folder().ends_with("/cases") && file.name() != "pack.toml";
        let dated = file.lines().any(|(_, line)| line.starts_with("checked_on = "));
        if holds_law && !dated {
            let message = "says nowhere when it was last checked (`checked_on = `)".to_owned();
            findings.push(finding(file, 0, Rule::Pack, message));
        }
    }
}

/// Style sheets are at most 400 lines in all, scripts at most 200.
pub(super) fn page(tree: &Tree, findings: &mut Vec<Finding>) {
    for (ending, limit) in [("css", STYLE_LINES_MAX), ("js", SCRIPT_LINES_MAX)] {
        let served = |file: &&File| file.path.contains("/static/") && file.ending() == ending;
        let files: Vec<&File> = tree.files.iter().filter(served).collect();
        let lines: usize = files.iter().map(|file| file.lines().count()).sum();
        if let (true, Some(first)) = (lines > limit, files.first()) {
            let message = format!("{lines} lines of .{ending} in all, at most {limit}");
            findings.push(finding(first, 0, Rule::Page, message));
        }
    }
}

fn written(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files.iter().filter(|file| WRITTEN.contains(&file.ending()))
}

fn finding(file: &File, line: usize, rule: Rule, message: String) -> Finding {
    Finding { path: file.path.clone(), line, rule, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(rule: fn(&Tree, &mut Vec<Finding>), path: &str, text: &str) -> Vec<usize> {
        let mut findings = Vec::new();
        rule(&Tree::of(&[(path, text)]), &mut findings);
        findings.into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_word_that_must_not_reach_main_is_found_at_its_line() {
        for (word, _) in CODE_WORDS {
            assert_eq!(places(word_rule(), "a.rs", &format!("\n#{word}x)]\n")), [2], "{word}");
        }
        for word in NOTE_WORDS {
            assert_eq!(places(word_rule(), "a.toml", &format!("# {word}: x\n")), [1], "{word}");
        }
    }

    #[test]
    fn code_words_inside_strings_and_comments_are_no_code() {
        let text =
            "// `#[allow(x)]` is refused.\nlet a = \"todo!\";\n#[expect(x, reason = \"y\")]\n";
        assert!(places(word_rule(), "a.rs", text).is_empty());
        assert!(places(word_rule(), "docs/a.md", "No TODO on main.\n").is_empty());
    }

    fn word_rule() -> fn(&Tree, &mut Vec<Finding>) {
        super::word
    }

    #[test]
    fn sql_is_found_in_strings_outside_the_store() {
        let statements = ["SELECT x", "INSERT INTO x", "UPDATE x SET y", "DELETE FROM x"];
        for statement in statements {
            let text = format!("\nlet a = \"{statement}\";\n");
            assert_eq!(places(sql, "crates/server/src/a.rs", &text), [2], "{statement}");
            assert!(places(sql, "crates/store/src/a.rs", &text).is_empty());
        }
    }

    #[test]
    fn words_of_pages_and_comments_are_not_sql() {
        for text in ["// SELECT x", "\"Select a month\"", "\"UPDATE_FAILED\"", "\"SELECT\""] {
            assert!(places(sql, "crates/server/src/a.rs", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn white_space_at_the_end_of_a_line_or_file_is_found() {
        assert_eq!(places(space, "a.rs", "a\nb \n"), [2]);
        assert_eq!(places(space, "a.md", "a"), [0]);
        assert_eq!(places(space, "a.md", "a\n\n"), [0]);
        assert!(places(space, "a.md", "a\n\nb\n").is_empty());
        assert!(places(space, "samples/bank.txt", "a \r\n").is_empty());
    }

    #[test]
    fn a_pack_file_is_short_and_dated() {
        let dated = "checked_on = 2026-11-24\n";
        let long = format!("{dated}{}", "a = 1\n".repeat(PACK_LINES_MAX));
        let pack_path = "policies/nanjing/rates.toml";
        assert!(places(pack, pack_path, dated).is_empty());
        assert_eq!(places(pack, pack_path, &long), [0]);
        assert_eq!(places(pack, pack_path, "a = 1\n"), [0]);
        assert!(places(pack, "policies/nanjing/cases/a.toml", "a = 1\n").is_empty());
        assert!(places(pack, "policies/nanjing/pack.toml", "a = 1\n").is_empty());
    }

    #[test]
    fn scripts_of_the_pages_stay_small_together() {
        let half = "x;\n".repeat(SCRIPT_LINES_MAX / 2 + 1);
        let (a, b) = ("crates/server/static/a.js", "crates/server/static/b.js");
        let mut findings = Vec::new();
        page(&Tree::of(&[(a, &half)]), &mut findings);
        assert!(findings.is_empty());
        page(&Tree::of(&[(a, &half), (b, &half)]), &mut findings);
        assert_eq!(findings.len(), 1);
    }
}
