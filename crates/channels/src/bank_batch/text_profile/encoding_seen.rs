//! Whether a file that decodes as GBK is UTF-8 after all.
//!
//! Most bytes of Chinese in UTF-8 are also pairs of GBK: a bank that changed its encoding would be
//! read as other characters, and a pair that swallows a separator shifts the columns behind it, so
//! that a refusal becomes "not processed". The other way round chance is small: a whole file of GBK
//! whose every line is UTF-8, with characters of three bytes as Chinese has them, does not come about.

use super::Encoding;

/// What the lines so far look like.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EncodingSeen {
    /// The first line that is UTF-8 with a character of three bytes.
    utf_8_at: Option<u64>,
    /// Whether a line is not UTF-8.
    is_other: bool,
}

impl EncodingSeen {
    pub(super) fn add(&mut self, line: u64, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) if text.chars().any(|char| char.len_utf8() >= 3) => {
                self.utf_8_at.get_or_insert(line);
            }
            Ok(_) => {}
            Err(_) => self.is_other = true,
        }
    }

    /// The first line that shows that the file is in another encoding than was agreed.
    pub(super) const fn line_in_another(self, agreed: Encoding) -> Option<u64> {
        match agreed {
            Encoding::Utf8 => None,
            Encoding::Gbk | Encoding::Gb18030 if self.is_other => None,
            Encoding::Gbk | Encoding::Gb18030 => self.utf_8_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_in_another_encoding_only_when_all_its_chinese_is() {
        let seen = |lines: &[&[u8]]| {
            let mut seen = EncodingSeen::default();
            for (number, line) in (1..).zip(lines) {
                seen.add(number, line);
            }
            seen
        };
        let utf_8 = "余额不足".as_bytes();
        let (gbk, ..) = encoding_rs::GBK.encode("余额不足");
        assert_eq!(seen(&[b"1", utf_8]).line_in_another(Encoding::Gbk), Some(2));
        assert_eq!(seen(&[utf_8]).line_in_another(Encoding::Gb18030), Some(1));
        assert_eq!(seen(&[utf_8]).line_in_another(Encoding::Utf8), None);
        assert_eq!(seen(&[utf_8, &gbk]).line_in_another(Encoding::Gbk), None);
        assert_eq!(seen(&[b"1|2"]).line_in_another(Encoding::Gbk), None);
        // 目 is 0xC4 0xBF in GBK, which UTF-8 reads as one letter of two bytes.
        assert_eq!(seen(&[&[0xc4, 0xbf]]).line_in_another(Encoding::Gbk), None);
    }
}
