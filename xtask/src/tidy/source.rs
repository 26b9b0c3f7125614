//! Rust text taken apart into code, comments and string literals.

/// One Rust file in three layers of the same lines: what belongs to another layer is blank, so a
/// line number found in one layer holds in the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RustSource {
    /// Everything that the compiler acts on, without the contents of literals.
    pub(super) code: String,
    /// `//`, `///`, `//!` and `/* */`.
    pub(super) comments: String,
    /// What stands between the quotes of string literals.
    pub(super) strings: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Code,
    Comment,
    Text,
}

impl RustSource {
    /// Takes a file apart. Text that is not Rust comes out in some way, never as a panic.
    pub(super) fn parse(text: &str) -> Self {
        let mut source = Self::default();
        let mut rest = text;
        let mut before = ' ';
        while let Some(next) = rest.chars().next() {
            let (length, layer) = match next {
                '/' if rest.starts_with("//") => (line_comment(rest), Layer::Comment),
                '/' if rest.starts_with("/*") => (block_comment(rest), Layer::Comment),
                '"' => (plain_string(rest), Layer::Text),
                'r' if !is_word(before) && raw_string(rest).is_some() => {
                    (raw_string(rest).unwrap_or(1), Layer::Text)
                }
                '\'' => (character(rest), Layer::Code),
                other => (other.len_utf8(), Layer::Code),
            };
            // `b"…"` and `br"…"` need no case of their own: their `b` is code like any other,
            // and it may stand before an `r` that opens a raw string.
            before = if next == 'b' && !is_word(before) { ' ' } else { next };
            source.push(&rest[..length], layer);
            rest = &rest[length..];
        }
        source
    }

    fn push(&mut self, piece: &str, layer: Layer) {
        for (of, out) in [
            (Layer::Code, &mut self.code),
            (Layer::Comment, &mut self.comments),
            (Layer::Text, &mut self.strings),
        ] {
            if of == layer {
                out.push_str(piece);
            } else {
                out.extend(piece.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn line_comment(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn plain_string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of `r"…"` or `r#"…"#`, or `None` when `rest` is a word that begins with `r`.
fn raw_string(rest: &str) -> Option<usize> {
    let hashes = rest[1..].bytes().take_while(|b| *b == b'#').count();
    let body = rest[1 + hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close).map_or(rest.len(), |at| 2 + hashes + at + close.len());
    Some(end)
}

/// The length of a character literal, or 1 for the tick of a lifetime or a label.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((_, escaped))) => {
            let after = 2 + escaped.len_utf8();
            rest[after..].find('\'').map_or(rest.len(), |at| after + at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squeezed(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn code_comments_and_strings_come_apart() {
        let source = RustSource::parse("let a = \"x // y\"; // why\nlet b = /* n /* m */ */ 2;\n");
        assert_eq!(squeezed(&source.code), "let a = ; let b = 2;");
        assert_eq!(squeezed(&source.comments), "// why /* n /* m */ */");
        assert_eq!(squeezed(&source.strings), "\"x // y\"");
    }

    #[test]
    fn quotes_inside_literals_do_not_end_them() {
        let text = r####"f('"', '\'', "a\"b", r#"c"d"#, br"e", 'l: loop {}) // end"####;
        let source = RustSource::parse(text);
        assert_eq!(squeezed(&source.strings), r####""a\"b" r#"c"d"# r"e""####);
        assert_eq!(squeezed(&source.comments), "// end");
        assert!(source.code.contains("'l: loop"));
    }

    #[test]
    fn every_layer_keeps_the_lines_of_the_file() {
        let text = "a\n\"b\nc\"\n/* 中\n文 */ d\n";
        let source = RustSource::parse(text);
        for layer in [&source.code, &source.comments, &source.strings] {
            assert_eq!(layer.lines().count(), text.lines().count());
        }
    }

    #[test]
    fn a_file_that_ends_inside_a_literal_is_still_taken_apart() {
        for text in ["\"open", "r#\"open", "/* open", "'\\", "'"] {
            let source = RustSource::parse(text);
            let all = format!("{}{}{}", source.code, source.comments, source.strings);
            assert_eq!(squeezed(&all), text);
        }
    }
}
