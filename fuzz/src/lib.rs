//! Every parser of what outsiders send, each with samples to start from, and what must hold for any
//! bytes: it does not panic, and a refusal names a place or a rule, never the content.
//!
//! Two programs use this file: the fuzz targets beside it, and the main workspace's test
//! `hostile_input`, which mutates the samples a few thousand times in every run.
//!
//! Files in reading order: [`bank`] files of banks, [`counter`] calls and files of tellers,
//! [`wechat`] messages of WeChat, [`number`] what people type, [`people`] files of people, [`pack`]
//! policy packs; [`mutation`] spoiling bytes by a seed.

pub mod bank;
pub mod counter;
pub mod mutation;
pub mod number;
pub mod pack;
pub mod people;
pub mod wechat;

/// One parser.
#[derive(Clone, Copy, Debug)]
pub struct Parser {
    /// Its word: the name of its fuzz target.
    pub name: &'static str,
    /// How often the ordinary tests mutate a sample: less often where reading is slow.
    pub rounds: u32,
    /// Good inputs.
    pub samples: fn() -> Vec<Vec<u8>>,
    /// Reads any bytes, and panics when what must hold does not.
    pub read: fn(&[u8]),
}

/// Every parser.
pub const ALL: &[Parser] = &[
    bank::PAIN_002,
    bank::CAMT_054,
    bank::BEPS_381,
    bank::PIPE_GBK,
    bank::FIXED_GB18030,
    bank::TILDE_UTF8,
    bank::PROFILE,
    counter::DAILY_FILE,
    counter::BODY,
    counter::SIGNATURE,
    wechat::NOTICE,
    wechat::TRANSACTION,
    wechat::TRADE_BILL,
    number::IDENTITY,
    number::CARD,
    people::CSV,
    pack::LAW,
];

/// Puts a parser's samples where `cargo fuzz` looks for inputs to begin with.
///
/// # Panics
/// When the folder can't be written.
pub fn plant(parser: Parser) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    let folder = std::path::Path::new(folder).join(parser.name);
    std::fs::create_dir_all(&folder).expect("the corpus's folder can be made");
    for (number, sample) in (parser.samples)().iter().enumerate() {
        let file = folder.join(format!("sample-{number}"));
        std::fs::write(file, sample).expect("a sample can be written");
    }
}

/// A refusal is a sentence, and on one line.
fn assert_sentence(refusal: &str) {
    assert!(refusal.len() > 8, "a refusal says more than {refusal:?}");
    assert!(!refusal.contains('\u{0}'), "a refusal quotes no raw bytes");
}
