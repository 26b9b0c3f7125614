//! Files of banks: ISO 20022, beps, and the text profiles.

use channels::bank_batch::debit::Totals;
use channels::bank_batch::file_refusal::ReadError;
use channels::bank_batch::pain_002::Intake;
use channels::bank_batch::sandbox::Settled;
use channels::bank_batch::text_profile::{Profile, request, result};
use channels::bank_batch::{beps_381, camt_054, pain_002};
use units::Fen;

use super::{Parser, assert_sentence};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../crates/channels/samples/bank/", $name)).to_vec()
    };
}

/// `pain.002.001.10`.
pub const PAIN_002: Parser = Parser {
    name: "pain_002",
    rounds: 2_000,
    samples: || vec![sample!("pain.002.001.10.xml")],
    read: |bytes| {
        let intake = Intake { limits: LIMITS, sent: &sent };
        assert_placed(pain_002::read(bytes, intake, drop).err());
    },
};

/// `camt.054` in its three versions.
pub const CAMT_054: Parser = Parser {
    name: "camt_054",
    rounds: 2_000,
    samples: || {
        vec![
            sample!("camt.054.001.02.xml"),
            sample!("camt.054.001.04.xml"),
            sample!("camt.054.001.08.xml"),
        ]
    },
    read: |bytes| assert_placed(camt_054::read(bytes, LIMITS, drop).err()),
};

/// `beps.381.001.01`.
pub const BEPS_381: Parser = Parser {
    name: "beps_381",
    rounds: 2_000,
    samples: || vec![sample!("beps.381.001.01.xml")],
    read: |bytes| {
        let end_to_end_id = |_: &str, number: &str| Some(number.to_owned());
        let intake =
            beps_381::Intake { limits: LIMITS, sent: &sent, end_to_end_id: &end_to_end_id };
        assert_placed(beps_381::read(bytes, intake, drop).err());
    },
};

/// Text with `|` in GBK.
pub const PIPE_GBK: Parser = Parser {
    name: "text_pipe_gbk",
    rounds: 2_000,
    samples: || text_samples(0),
    read: |bytes| read_text(0, bytes),
};

/// Columns of fixed width in GB 18030.
pub const FIXED_GB18030: Parser = Parser {
    name: "text_fixed_gb18030",
    rounds: 2_000,
    samples: || text_samples(1),
    read: |bytes| read_text(1, bytes),
};

/// Text with `~` in UTF-8.
pub const TILDE_UTF8: Parser = Parser {
    name: "text_tilde_utf8",
    rounds: 2_000,
    samples: || text_samples(2),
    read: |bytes| read_text(2, bytes),
};

/// The profile of a bank's text files.
pub const PROFILE: Parser = Parser {
    name: "bank_profile",
    rounds: 2_000,
    samples: || {
        vec![
            include_bytes!("../../crates/channels/profiles/bank/pipe-gbk.toml").to_vec(),
            include_bytes!("../../crates/channels/profiles/bank/fixed-gb18030.toml").to_vec(),
            include_bytes!("../../crates/channels/profiles/bank/tilde-utf8.toml").to_vec(),
        ]
    },
    read: |bytes| {
        if let Err(refusal) = Profile::read(&String::from_utf8_lossy(bytes)) {
            assert_sentence(&refusal.to_string());
        }
    },
};

const LIMITS: channels::bank_batch::Limits = channels::bank_batch::Limits::STANDARD;

fn sent(_: &str) -> Option<Totals> {
    Some(Totals { count: 3, sum: Fen::from_yuan(1_000) })
}

fn text_samples(profile: usize) -> Vec<Vec<u8>> {
    let settled = |number: u32, outcome| Settled {
        end_to_end_id: format!("E202611{number:08}P0A1"),
        amount: Fen::from_yuan(990 + number),
        outcome,
    };
    let settled = [
        settled(1, Ok("B0001".to_owned())),
        settled(2, Err(("AM04", "余额不足"))),
        settled(3, Err(("AC04", "账户已销"))),
    ];
    let profiles = Profile::built_in();
    vec![result::write(&profiles[profile], "FE3201-20261126-105-01", &settled)]
}

fn read_text(profile: usize, bytes: &[u8]) {
    let profile = &Profile::built_in()[profile];
    let intake = Intake { limits: LIMITS, sent: &sent };
    assert_placed(result::read(bytes, (profile, intake), drop).err());
    assert_placed(request::read(bytes, profile).err());
}

/// A refused file says at which line, and which rule.
fn assert_placed(error: Option<ReadError>) {
    match error {
        None => {}
        Some(ReadError::Refused(refusal)) => {
            assert!(refusal.line >= 1, "a refusal names a line: {refusal}");
            assert_sentence(&refusal.to_string());
        }
        Some(ReadError::Failed(error)) => panic!("memory can always be read: {error}"),
    }
}
