//! What an uploaded file really is: its kind is read from its bytes, never from its name.
//!
//! Only PDF, JPEG and PNG are taken, and only when the whole file is one such document: something
//! hidden behind the end of an image, an archive behind a PDF, or a PDF that runs programs is
//! refused. The walk stops at every malformed length and never panics.

use policy::Text;

/// The largest file: a scan of some pages.
pub const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How many files one case holds.
pub const FILES_MAX: usize = 20;
/// How much of a file's name is kept.
const NAME_LETTERS_MAX: usize = 80;
/// PDF readers look for the header within so many bytes, so an image must not have one there.
const PDF_HEADER_WITHIN: usize = 1024;

/// What evidence may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EvidenceKind {
    /// PDF.
    Pdf,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

impl EvidenceKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Jpeg, Self::Png];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Pdf => 1,
            Self::Jpeg => 2,
            Self::Png => 3,
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The media type with which it is served.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The ending of its name.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// Whether a name's ending claims this kind.
    fn is_claimed_by(self, ending: &str) -> bool {
        ending.eq_ignore_ascii_case(self.ending())
            || (self == Self::Jpeg && ending.eq_ignore_ascii_case("jpeg"))
    }
}

/// Why a file is no evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceRefusal {
    /// No file was chosen, or it has no byte.
    #[error("the file must not be empty")]
    FileMustNotBeEmpty,
    /// It is larger than allowed.
    #[error("the file must not exceed 8 MiB")]
    FileMustFit,
    /// The case holds as many files as it may.
    #[error("a case holds at most 20 files")]
    FilesMustNotBeTooMany,
    /// It is no PDF, JPEG or PNG, or it is damaged.
    #[error("the file must be a whole PDF, JPEG or PNG")]
    KindMustBeTaken,
    /// Its name says something else than its bytes.
    #[error("the file's name must say what the file is")]
    NameMustMatchContent,
    /// Something else hides in it.
    #[error("the file must hold nothing but the document")]
    NothingMustBeHidden,
    /// Its name leads to another folder.
    #[error("the file's name must not be a path")]
    NameMustNotBeAPath,
}

impl EvidenceRefusal {
    /// The sentence for the clerk, with the next step.
    #[must_use]
    pub const fn message(self) -> Text {
        match self {
            Self::FileMustNotBeEmpty => Text::fixed(
                "没有选择文件，或者文件是空的。请重新选择。",
                "No file was chosen, or it is empty. Choose it again.",
            ),
            Self::FileMustFit => Text::fixed(
                "文件超过8 MB。请降低扫描分辨率后重新上传，没有保存任何内容。",
                "The file is larger than 8 MB. Scan it at a lower resolution and upload it again; nothing was saved.",
            ),
            Self::FilesMustNotBeTooMany => Text::fixed(
                "一个办件最多20份材料。请合并成一个PDF后上传。",
                "A case holds at most 20 files. Join them into one PDF.",
            ),
            Self::KindMustBeTaken => Text::fixed(
                "只接收完整的PDF、JPEG或PNG文件。请重新扫描或另存后上传。",
                "Only a whole PDF, JPEG or PNG is taken. Scan it again, or save it as one of these.",
            ),
            Self::NameMustMatchContent => Text::fixed(
                "文件名的后缀与内容不符。请确认选对了文件，改正后缀后再上传。",
                "The file's name says another kind than its content. Check the file and correct its name.",
            ),
            Self::NothingMustBeHidden => Text::fixed(
                "文件里夹带了其他内容，不能接收。请重新扫描后上传。",
                "Something else hides in this file, so it can't be taken. Scan the document again.",
            ),
            Self::NameMustNotBeAPath => Text::fixed(
                "文件名不能包含路径。请改名后再上传。",
                "The file's name must not be a path. Rename it and upload it again.",
            ),
        }
    }
}

/// What a file is, given its name and all its bytes.
///
/// # Errors
/// [`EvidenceRefusal`].
pub fn inspect(name: &str, bytes: &[u8]) -> Result<EvidenceKind, EvidenceRefusal> {
    if bytes.is_empty() {
        return Err(EvidenceRefusal::FileMustNotBeEmpty);
    }
    if bytes.len() > FILE_BYTES_MAX {
        return Err(EvidenceRefusal::FileMustFit);
    }
    check_name(name)?;
    let kind = if bytes.starts_with(b"%PDF-") {
        check_pdf(bytes)?;
        EvidenceKind::Pdf
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        check_end(bytes, jpeg_end(bytes))?;
        EvidenceKind::Jpeg
    } else if bytes.starts_with(PNG) {
        check_end(bytes, png_end(bytes))?;
        EvidenceKind::Png
    } else {
        return Err(EvidenceRefusal::KindMustBeTaken);
    };
    match name.rsplit_once('.') {
        Some((_, ending)) if kind.is_claimed_by(ending) => Ok(kind),
        _ => Err(EvidenceRefusal::NameMustMatchContent),
    }
}

/// The name as it is shown: the start of it where it is very long.
#[must_use]
pub fn shown_name(name: &str) -> String {
    let letters = name.trim().chars().count();
    let skipped = letters.saturating_sub(NAME_LETTERS_MAX);
    name.trim().chars().skip(skipped).collect()
}

fn check_name(name: &str) -> Result<(), EvidenceRefusal> {
    let strange = |c: char| matches!(c, '/' | '\\' | ':') || c.is_control();
    if name.contains(strange) || name.contains("..") {
        return Err(EvidenceRefusal::NameMustNotBeAPath);
    }
    Ok(())
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// An image must end where its format ends.
fn check_end(bytes: &[u8], end: Option<usize>) -> Result<(), EvidenceRefusal> {
    let end = end.ok_or(EvidenceRefusal::KindMustBeTaken)?;
    let head = bytes.get(..PDF_HEADER_WITHIN).unwrap_or(bytes);
    if end != bytes.len() || holds(head, b"%PDF-") {
        return Err(EvidenceRefusal::NothingMustBeHidden);
    }
    Ok(())
}

/// Behind the last chunk of a PNG, or `None` where it is malformed.
fn png_end(bytes: &[u8]) -> Option<usize> {
    let mut at = PNG.len();
    let mut first = true;
    loop {
        let length =
            usize::try_from(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()?;
        let name = bytes.get(at + 4..at + 8)?;
        if first && name != b"IHDR" {
            return None;
        }
        first = false;
        // Length, name and check sum surround the data.
        let next = at.checked_add(length)?.checked_add(12)?;
        if next > bytes.len() {
            return None;
        }
        if name == b"IEND" {
            return Some(next);
        }
        at = next;
    }
}

/// Behind the end marker of a JPEG, or `None` where it is malformed. Segments are skipped by their
/// length, so that a thumbnail inside one does not end the image.
fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0xd9 => return Some(at + 2),
            0xd0..=0xd7 | 0x01 => at += 2,
            0x00 | 0xd8 => return None,
            marker => {
                let length =
                    usize::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?));
                if length < 2 {
                    return None;
                }
                at = at.checked_add(2)?.checked_add(length)?;
                if marker == 0xda {
                    at = behind_scan(bytes, at)?;
                }
            }
        }
    }
}

/// The first marker behind a scan's data: `ff 00` and restart markers belong to the data.
fn behind_scan(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        at += rest.iter().position(|byte| *byte == 0xff)?;
        match *bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

/// A PDF ends with its own mark, holds no archive behind it and runs nothing.
fn check_pdf(bytes: &[u8]) -> Result<(), EvidenceRefusal> {
    let text = bytes.trim_ascii_end();
    if !text.ends_with(b"%%EOF") {
        let found = holds(text, b"%%EOF");
        let hidden = EvidenceRefusal::NothingMustBeHidden;
        return Err(if found { hidden } else { EvidenceRefusal::KindMustBeTaken });
    }
    let runs: [&[u8]; 5] = [b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA"];
    if runs.iter().any(|word| holds(bytes, word)) || archive_reaches_end(bytes) {
        return Err(EvidenceRefusal::NothingMustBeHidden);
    }
    Ok(())
}

/// Whether a ZIP archive ends with the file: its last record names the length of the comment
/// behind it.
fn archive_reaches_end(bytes: &[u8]) -> bool {
    const RECORD: &[u8] = b"PK\x05\x06";
    const RECORD_BYTES: usize = 22;
    let last = bytes.len().saturating_sub(RECORD_BYTES + usize::from(u16::MAX));
    let tail = bytes.get(last..).unwrap_or(bytes);
    tail.windows(RECORD_BYTES).enumerate().any(|(at, record)| {
        let comment = usize::from(u16::from_le_bytes([record[20], record[21]]));
        record.starts_with(RECORD) && at + RECORD_BYTES + comment == tail.len()
    })
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    const JPEG: &[u8] =
        b"\xff\xd8\xff\xe0\x00\x06abcd\xff\xda\x00\x04ab\x12\xff\x00\x34\xff\xd0\x56\xff\xd9";

    fn png() -> Vec<u8> {
        let chunk = |name: &[u8], data: &[u8]| {
            let length = u32::try_from(data.len()).unwrap().to_be_bytes();
            [&length[..], name, data, &[0; 4]].concat()
        };
        [PNG, &chunk(b"IHDR", &[0; 13]), &chunk(b"IDAT", b"xyz"), &chunk(b"IEND", b"")].concat()
    }

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(inspect("死亡证明.pdf", PDF), Ok(EvidenceKind::Pdf));
        assert_eq!(inspect("scan.JPEG", JPEG), Ok(EvidenceKind::Jpeg));
        assert_eq!(inspect("scan.png", &png()), Ok(EvidenceKind::Png));
    }

    #[test]
    fn what_is_empty_large_mislabelled_or_no_document_is_refused() {
        use EvidenceRefusal as R;
        let large = vec![b'%'; FILE_BYTES_MAX + 1];
        let cases: [(&str, &[u8], R); 9] = [
            ("a.pdf", b"", R::FileMustNotBeEmpty),
            ("a.pdf", &large, R::FileMustFit),
            ("a.png", PDF, R::NameMustMatchContent),
            ("a", PDF, R::NameMustMatchContent),
            ("a.pdf", b"MZ\x90\x00 program", R::KindMustBeTaken),
            ("a.pdf", b"<svg onload=alert(1)>", R::KindMustBeTaken),
            ("a.pdf", b"%PDF-1.4 cut off", R::KindMustBeTaken),
            (concat!("..", "/a", ".pdf"), PDF, R::NameMustNotBeAPath),
            ("C:\\a.pdf", PDF, R::NameMustNotBeAPath),
        ];
        for (name, bytes, refusal) in cases {
            assert_eq!(inspect(name, bytes), Err(refusal), "{name}");
        }
    }

    #[test]
    fn two_documents_in_one_file_are_refused() {
        let archive = b"PK\x03\x04zip PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        let mut commented = archive.clone();
        let comment = b"\n%%EOF";
        let at = commented.len() - 2;
        commented[at..].copy_from_slice(&u16::try_from(comment.len()).unwrap().to_le_bytes());
        let cases: [(&str, Vec<u8>); 6] = [
            ("a.jpg", [JPEG, &archive].concat()),
            ("a.png", [&png(), b"<script>".as_slice()].concat()),
            ("a.pdf", [PDF, &archive].concat()),
            ("a.pdf", [PDF, &commented, comment].concat()),
            ("a.jpg", [b"\xff\xd8\xff\xfe\x00\x08%PDF-1\xff\xd9".as_slice()].concat()),
            ("a.pdf", [b"%PDF-1.7 /OpenAction<</S/JavaScript>>", PDF].concat()),
        ];
        for (name, bytes) in cases {
            let refusal = Err(EvidenceRefusal::NothingMustBeHidden);
            assert_eq!(inspect(name, &bytes), refusal, "{name} {}", bytes.len());
        }
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        let name = format!("{}.pdf", "长".repeat(200));
        let shown = shown_name(&name);
        assert!(shown.ends_with(".pdf") && shown.chars().count() == NAME_LETTERS_MAX);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            head in prop::sample::select(vec![b"%PDF-".to_vec(), b"\xff\xd8\xff".to_vec(), PNG.to_vec()]),
            rest in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let _ = inspect("a.pdf", &[head, rest].concat());
        }
    }
}
