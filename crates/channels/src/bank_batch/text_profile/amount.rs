//! Money in text files: fen filled with zeros, or yuan as people write them.

use units::Fen;

use super::Unit;

/// The text of an amount: `105523` fen or `1055.23` yuan.
#[must_use]
pub fn write(amount: Fen, unit: Unit) -> String {
    match unit {
        Unit::Fen => amount.fen().to_string(),
        Unit::Yuan => amount.to_string(),
    }
}

/// Reads an amount as banks write it: yuan perhaps with `元`, with commas between thousands, or
/// without a leading zero; fen as digits.
#[must_use]
pub fn read(text: &str, unit: Unit) -> Option<Fen> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match unit {
        Unit::Fen => digits(text).then(|| Fen::new(text.parse().ok()?).ok()).flatten(),
        Unit::Yuan if text.is_empty() => None,
        Unit::Yuan => {
            let text = text.strip_suffix('元').unwrap_or(text);
            let (whole, cents) = text.split_once('.').unwrap_or((text, "00"));
            let whole = if whole.is_empty() { "0".to_owned() } else { without_commas(whole)? };
            format!("{whole}.{cents}").parse().ok()
        }
    }
}

/// Digits in groups of three, or in none.
fn without_commas(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || (1..=3).contains(&first.len());
    (grouped && rest.iter().all(|group| group.len() == 3)).then(|| whole.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_read_as_banks_write_them() {
        for (text, fen) in [
            ("1.00元", Some(100)),
            ("1,055.23", Some(105_523)),
            ("1,234,567.8", Some(123_456_780)),
            (".50", Some(50)),
            ("7", Some(700)),
            ("0.00", Some(0)),
            ("10,55.23", None),
            (",055.23", None),
            ("1055,23", None),
            ("1.234", None),
            ("-1.00", None),
            ("1.", None),
            (".", None),
            ("", None),
            ("１.00", None),
        ] {
            assert_eq!(read(text, Unit::Yuan).map(Fen::fen), fen, "{text:?}");
        }
    }

    #[test]
    fn fen_are_digits_alone() {
        for (text, fen) in [
            ("000000105523", Some(105_523)),
            ("0", Some(0)),
            ("1055.23", None),
            ("+1", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(read(text, Unit::Fen).map(Fen::fen), fen, "{text:?}");
        }
    }
}
