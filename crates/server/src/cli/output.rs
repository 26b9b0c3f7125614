//! What commands print: text for people, JSON for programs, bars on a terminal.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Prints a line; a reader that went away is no error of ours.
pub(crate) fn line(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints JSON on one line.
pub(crate) fn json(value: &serde_json::Value) {
    line(value);
}

/// Prints a failure with its whole chain of reasons.
pub(crate) fn failure(as_json: bool, error: &anyhow::Error) {
    let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    let mut stderr = std::io::stderr().lock();
    let _ = if as_json {
        writeln!(stderr, "{}", serde_json::json!({ "error": chain }))
    } else {
        writeln!(stderr, "shebao: {}", chain.join(": "))
    };
}

/// A bar on a terminal, nothing elsewhere.
pub(crate) fn bar(what: &'static str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style =
        ProgressStyle::with_template("{msg:<28} {bar:30} {human_pos}/{human_len} {per_sec}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(None, target).with_style(style).with_message(what)
}

/// Moves a bar.
pub(crate) fn on(bar: &ProgressBar) -> impl FnMut(u64, u64) {
    let bar = bar.clone();
    move |done, all| {
        bar.set_length(all.max(done));
        bar.set_position(done);
    }
}

/// Seconds with one decimal, for people.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{}.{} s", duration.as_secs(), duration.subsec_millis() / 100)
}

/// Lets the peak begin anew, where the system allows it.
pub(crate) fn forget_peak_memory() {
    // Elsewhere, or where it is forbidden, the peak is that of the whole run: an upper bound.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The program's peak memory in MiB, where the system tells.
pub(crate) fn peak_memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

/// Rows in aligned columns; the first column is words, the others numbers.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let width =
        |text: &str| -> usize { text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum() };
    let columns = header.len();
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell));
        cells.chain([width(header[column])]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let show = |cells: Vec<&str>| -> String {
        let mut shown = String::new();
        for (column, cell) in cells.into_iter().enumerate() {
            let space = " ".repeat(widths[column].saturating_sub(width(cell)));
            if column == 0 {
                shown.push_str(&format!("  {cell}{space}"));
            } else {
                shown.push_str(&format!("  {space}{cell}"));
            }
        }
        shown
    };
    let rule = widths.iter().map(|width| width + 2).sum::<usize>();
    let mut lines =
        vec![show(header.to_vec()), format!("  {}", "─".repeat(rule.saturating_sub(2)))];
    lines.extend(rows.iter().map(|row| show(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_lines_up_chinese_and_digits() {
        let rows = vec![vec!["养老保险".to_owned(), "990.40".to_owned()]];
        let shown = table(&["insurance", "yuan"], &rows);
        assert_eq!(shown.lines().next(), Some("  insurance    yuan"));
        assert_eq!(shown.lines().last(), Some("  养老保险   990.40"));
    }
}
