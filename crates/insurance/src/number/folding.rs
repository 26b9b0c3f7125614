//! Text as people type it: spaces around it, full-width digits, lower-case letters.

/// Folds full-width ASCII (`！` to `～`, as Chinese input methods type it) to ASCII, drops white
/// space of any kind, and turns letters to upper case: `１１０ 105x` becomes `110105X`.
pub(crate) fn fold(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(fold_char).collect()
}

fn fold_char(c: char) -> char {
    const FULL_WIDTH_OFFSET: u32 = 0xFF01 - 0x21;
    let narrow = match c {
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(c) - FULL_WIDTH_OFFSET).expect("the range maps onto ASCII")
        }
        other => other,
    };
    narrow.to_ascii_uppercase()
}

/// The value of a decimal digit, or `None` for any other byte.
pub(crate) fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// `text` with everything between its first `head` and last `tail` characters starred out. A text
/// too short to hide anything is starred whole.
pub(crate) fn starred(text: &str, ends: Ends) -> String {
    let length = text.chars().count();
    let ends = if ends.head + ends.tail < length { ends } else { Ends { head: 0, tail: 0 } };
    text.chars()
        .enumerate()
        .map(|(at, c)| if at < ends.head || at >= length - ends.tail { c } else { '*' })
        .collect()
}

/// How many characters stay readable at each end.
#[derive(Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) head: usize,
    pub(crate) tail: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_text_folds_to_ascii_and_other_text_stays() {
        assert_eq!(fold(" １１０１０５　1949\tＸｘx "), "1101051949XXX");
        assert_eq!(fold("南京123"), "南京123");
    }

    #[test]
    fn a_text_too_short_to_hide_anything_is_starred_whole() {
        assert_eq!(starred("123456789", Ends { head: 3, tail: 4 }), "123**6789");
        assert_eq!(starred("1234567", Ends { head: 3, tail: 4 }), "*******");
        assert_eq!(starred("", Ends { head: 3, tail: 4 }), "");
    }
}
