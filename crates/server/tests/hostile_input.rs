//! Every parser of what outsiders send, on thousands of spoilt samples: none panics, and what is
//! refused says where or by which rule. The fuzz targets in `fuzz/` go on where this ends.

#[expect(unreachable_pub, dead_code, reason = "the fuzz targets use the rest of it")]
#[path = "../../../fuzz/src/lib.rs"]
mod parsers;

use std::panic::catch_unwind;

use parsers::Parser;
use parsers::mutation::{Random, mutate};

const SEED: u64 = 20_261_125;

fn run(parser: Parser) {
    let samples = (parser.samples)();
    for sample in &samples {
        (parser.read)(sample);
    }
    let mut random = Random::new(SEED);
    for round in 0..parser.rounds {
        for (index, sample) in samples.iter().enumerate() {
            let other = &samples[(index + 1) % samples.len()];
            let spoilt = mutate(&mut random, sample, other);
            if catch_unwind(|| (parser.read)(&spoilt)).is_err() {
                let shown = String::from_utf8_lossy(&spoilt);
                panic!("{}, round {round}, sample {index}: {shown:?}", parser.name);
            }
        }
    }
}

macro_rules! tests {
    ($($test:ident: $parser:expr,)+) => {
        $(#[test]
        fn $test() {
            run($parser);
        })+

        #[test]
        fn every_parser_is_tested() {
            let tested = [$($parser.name),+];
            assert!(parsers::ALL.iter().all(|parser| tested.contains(&parser.name)));
        }
    };
}

tests! {
    a_spoilt_pain_002_is_read_or_refused_with_its_line: parsers::bank::PAIN_002,
    a_spoilt_camt_054_is_read_or_refused_with_its_line: parsers::bank::CAMT_054,
    a_spoilt_beps_381_is_read_or_refused_with_its_line: parsers::bank::BEPS_381,
    a_spoilt_text_with_bars_is_read_or_refused_with_its_line: parsers::bank::PIPE_GBK,
    a_spoilt_text_of_fixed_width_is_read_or_refused_with_its_line: parsers::bank::FIXED_GB18030,
    a_spoilt_text_with_tildes_is_read_or_refused_with_its_line: parsers::bank::TILDE_UTF8,
    a_spoilt_profile_of_a_bank_is_read_or_refused: parsers::bank::PROFILE,
    a_spoilt_daily_file_is_read_or_refused_line_by_line: parsers::counter::DAILY_FILE,
    a_spoilt_body_of_a_counter_is_read_or_refused_with_its_place: parsers::counter::BODY,
    spoilt_headers_of_a_signature_are_refused_by_a_rule: parsers::counter::SIGNATURE,
    a_spoilt_notice_of_wechat_is_refused: parsers::wechat::NOTICE,
    a_spoilt_transaction_of_wechat_is_read_or_refused: parsers::wechat::TRANSACTION,
    a_spoilt_trade_bill_is_read_or_refused: parsers::wechat::TRADE_BILL,
    a_spoilt_identity_number_is_refused_without_being_repeated: parsers::number::IDENTITY,
    a_spoilt_number_is_refused_without_being_repeated: parsers::number::CARD,
    a_spoilt_file_of_people_is_read_or_refused_line_by_line: parsers::people::CSV,
    a_spoilt_policy_pack_is_computed_or_refused_with_file_and_line: parsers::pack::LAW,
}
