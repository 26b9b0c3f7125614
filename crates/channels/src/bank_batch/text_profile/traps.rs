//! What real bank files do to a program, one test each.

use proptest::prelude::*;
use units::Fen;

use super::{Encoding, Profile, request, result};
use crate::bank_batch::bank_result::{BankResult, FileDigest, Outcome, ResultSummary};
use crate::bank_batch::debit::{Debit, Totals};
use crate::bank_batch::file_refusal::{FileRefusal, FileRule};
use crate::bank_batch::hand_over;
use crate::bank_batch::pain_002::Intake;
use crate::bank_batch::sample;
use crate::bank_batch::sandbox::Settled;
use crate::bank_batch::write_error::WriteError;
use crate::bank_batch::xml::Limits;

fn profile(name: &str) -> Profile {
    Profile::built_in().into_iter().find(|profile| profile.name == name).unwrap()
}

fn written(profile: &Profile, debits: &[Debit]) -> Result<Vec<u8>, WriteError> {
    let mut out = Vec::new();
    request::write(&mut out, (profile, &sample::file(debits)), debits.iter().cloned())?;
    Ok(out)
}

/// A pension paid, a medical due refused for want of money, of one person.
fn settled() -> Vec<Settled> {
    let debits = sample::debits(1);
    let outcomes = [Ok("20261126000000000077".to_owned()), Err(("AM04", "余额不足"))];
    let line = |(debit, outcome): (&Debit, _)| Settled {
        end_to_end_id: debit.end_to_end_id.to_string(),
        amount: debit.amount,
        outcome,
    };
    debits.iter().zip(outcomes).map(line).collect()
}

fn answer(profile: &Profile) -> Vec<u8> {
    result::write(profile, "FE3201-20261126-105-01", &settled())
}

fn read(profile: &Profile, bytes: &[u8]) -> Result<(ResultSummary, Vec<BankResult>), FileRefusal> {
    let sent = |id: &str| {
        (id == "FE3201-20261126-105-01").then(|| Totals { count: 2, sum: Fen::from_yuan(1) })
    };
    let intake = Intake { limits: Limits::STANDARD, sent: &sent };
    let mut results = Vec::new();
    match result::read(bytes, (profile, intake), |result| results.push(result)) {
        Ok(summary) => Ok((summary, results)),
        Err(error) => Err(error.refusal().expect("a refusal").clone()),
    }
}

/// The outcomes in short: paid fen, the reason's raw text, or `wait`.
fn outcomes(profile: &Profile, bytes: &[u8]) -> Result<Vec<String>, FileRefusal> {
    let (_, results) = read(profile, bytes)?;
    let short = |result: BankResult| match result.outcome {
        Outcome::Collected { amount, .. } => amount.unwrap().fen().to_string(),
        Outcome::Rejected { raw, .. } => raw,
        Outcome::Pending { status } => format!("wait {status}"),
        Outcome::Returned { .. } => "returned".to_owned(),
    };
    Ok(results.into_iter().map(short).collect())
}

fn text_of(profile: &Profile, bytes: &[u8]) -> String {
    let encoding = match profile.encoding {
        Encoding::Utf8 => encoding_rs::UTF_8,
        Encoding::Gbk | Encoding::Gb18030 => encoding_rs::GB18030,
    };
    encoding.decode(bytes).0.into_owned()
}

fn bytes_of(profile: &Profile, text: &str) -> Vec<u8> {
    let encoding = match profile.encoding {
        Encoding::Utf8 => encoding_rs::UTF_8,
        Encoding::Gbk | Encoding::Gb18030 => encoding_rs::GB18030,
    };
    encoding.encode(text).0.into_owned()
}

#[test]
fn every_profile_carries_a_request_and_its_answer() {
    for profile in Profile::built_in() {
        let debits = sample::debits(2);
        let file = request::read(&*written(&profile, &debits).unwrap(), &profile).unwrap();
        assert_eq!(file.message_id, "FE3201-20261126-105-01", "{}", profile.name);
        let asked: Vec<(String, Fen, &str)> = debits
            .iter()
            .map(|d| (d.end_to_end_id.to_string(), d.amount, d.account.as_str()))
            .collect();
        let orders = file.orders.iter();
        let read_back: Vec<(String, Fen, &str)> =
            orders.map(|o| (o.end_to_end_id.clone(), o.amount, o.account.as_str())).collect();
        assert_eq!(read_back, asked, "{}", profile.name);

        let (summary, results) = read(&profile, &answer(&profile)).unwrap();
        assert_eq!(summary.original_message_id.as_deref(), Some("FE3201-20261126-105-01"));
        assert_eq!((summary.results, summary.collected.count, summary.rejected), (2, 1, 1));
        assert_eq!(results[0].end_to_end_id, debits[0].end_to_end_id.to_string());
        let Outcome::Collected { amount, reference, .. } = &results[0].outcome else { panic!() };
        assert_eq!(*amount, Some(debits[0].amount), "{}", profile.name);
        assert_eq!(reference.as_deref(), Some("20261126000000000077"), "{}", profile.name);
    }
}

#[test]
fn trap_1_rare_characters_are_refused_or_replaced_and_widths_count_bytes() {
    let mut debit = sample::debit(7, policy::Branch::Pension, "975.80");
    debit.holder = "王㛃𬀩".to_owned();
    let gbk = profile("pipe-gbk");
    let Err(WriteError::PersonDataMustFit { person, field, .. }) = written(&gbk, &[debit.clone()])
    else {
        panic!("a character that GBK lacks must not be written");
    };
    assert_eq!((person.get(), field), (7, "the holder's name"));
    let replacing = Profile { replacement: Some('□'), ..gbk };
    let text = text_of(&replacing, &written(&replacing, &[debit.clone()]).unwrap());
    assert!(text.contains("|王□□|") && !text.contains('?'));

    let fixed = profile("fixed-gb18030");
    let bytes = written(&fixed, &[debit.clone()]).unwrap();
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap();
    assert_eq!(first.len(), 1 + 8 + 34 + 60 + 18 + 12 + 35, "two and four bytes a character");
    assert!(text_of(&fixed, first).contains("王㛃𬀩"));
    debit.holder = "很".repeat(31);
    assert!(matches!(written(&fixed, &[debit]), Err(WriteError::PersonDataMustFit { .. })));
}

#[test]
fn trap_1_a_character_that_contains_the_separators_byte_does_not_cut_a_line() {
    // 亅 is 0x81 0x7C in GBK, and 0x7C is the separator.
    let mut debit = sample::debit(7, policy::Branch::Pension, "975.80");
    debit.holder = "亅".to_owned();
    let gbk = profile("pipe-gbk");
    let bytes = written(&gbk, &[debit]).unwrap();
    assert!(bytes.windows(2).any(|pair| pair == [0x81, 0x7c]));
    let file = request::read(&*bytes, &gbk).unwrap();
    assert_eq!(file.orders[0].amount.to_string(), "975.80");
}

#[test]
fn trap_2_spaces_marks_and_line_ends_make_no_difference() {
    for profile in Profile::built_in() {
        let plain = answer(&profile);
        let expected = outcomes(&profile, &plain).unwrap();
        let lf = text_of(&profile, &plain).replace("\r\n", "\n");
        let crlf = lf.replace('\n', "\r\n");
        let encode = |text: &str| bytes_of(&profile, text);
        let marked = [b"\xef\xbb\xbf".to_vec(), encode(&lf)].concat();
        let ended = [encode(&crlf), b"\r\n\x1a".to_vec()].concat();
        let cut = encode(lf.trim_end_matches('\n'));
        for bytes in [encode(&crlf), encode(&lf), marked, ended, cut] {
            assert_eq!(outcomes(&profile, &bytes).unwrap(), expected, "{}", profile.name);
        }
    }
    let gbk = profile("pipe-gbk");
    let spaced = text_of(&gbk, &answer(&gbk)).replace("|余额不足|", "|\u{3000}余额不足  |");
    assert_eq!(outcomes(&gbk, &bytes_of(&gbk, &spaced)).unwrap(), ["97580", "余额不足"]);
}

#[test]
fn trap_3_fen_filled_with_zeros_and_yuan_are_the_same_money() {
    let (fixed, pipe) = (profile("fixed-gb18030"), profile("pipe-gbk"));
    let in_fen = text_of(&fixed, &answer(&fixed));
    let in_yuan = text_of(&pipe, &answer(&pipe));
    assert!(in_fen.contains("000000097580") && in_yuan.contains("|975.80|"));
    let grouped = in_yuan.replace("|1376.12|", "|1,376.12元|").replace("|400.32|", "|400.32元|");
    assert_ne!(grouped, in_yuan);
    assert_eq!(outcomes(&pipe, &bytes_of(&pipe, &grouped)).unwrap(), ["97580", "余额不足"]);
}

#[test]
fn trap_4_totals_in_header_or_trailer_refuse_the_whole_file() {
    for (name, from, to) in [
        ("pipe-gbk", "|2|1376.12|", "|3|1376.12|"),
        ("pipe-gbk", "|2|1376.12|", "|2|1376.13|"),
        ("pipe-gbk", "|1|975.80|\r", "|2|975.80|\r"),
        ("pipe-gbk", "|1|975.80|\r", "|1|975.81|\r"),
        ("fixed-gb18030", "000000020000000000137612", "000000030000000000137612"),
        ("fixed-gb18030", "000000020000000000137612", "000000020000000000137613"),
        ("fixed-gb18030", "000000010000000000097580", "000000010000000000097581"),
        ("tilde-utf8", "137612~2~", "137612~1~"),
        ("tilde-utf8", "137612~2~", "137611~2~"),
        ("tilde-utf8", "\n97580~1\n", "\n97580~2\n"),
    ] {
        let profile = profile(name);
        let text = text_of(&profile, &answer(&profile));
        let wrong = text.replacen(from, to, 1);
        assert_ne!(wrong, text, "{name} {from}");
        let rule = read(&profile, &bytes_of(&profile, &wrong)).expect_err(to).rule;
        let totals =
            matches!(rule, FileRule::CountMustMatch { .. } | FileRule::SumMustMatch { .. });
        assert!(totals, "{name} {to}: {rule}");
    }
}

#[test]
fn trap_4_a_file_that_lost_its_end_or_its_lines_is_refused() {
    for profile in Profile::built_in() {
        let bytes = answer(&profile);
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        for kept in 0..lines.len() {
            let cut = lines[..kept].concat();
            assert!(read(&profile, &cut).is_err(), "{} cut to {kept} lines", profile.name);
        }
    }
}

#[test]
fn trap_5_blank_is_not_processed_and_an_unknown_code_is_nothing_final() {
    let profile = profile("tilde-utf8");
    let text = String::from_utf8(answer(&profile)).unwrap();
    for (code, expected) in
        [("1004", "1004"), ("", "wait "), ("W", "wait W"), ("7777", "wait 7777")]
    {
        let changed = text.replacen("~1004~", &format!("~{code}~"), 1);
        assert_eq!(outcomes(&profile, changed.as_bytes()).unwrap(), ["97580", expected]);
    }
}

#[test]
fn trap_6_the_same_file_has_the_same_digest_and_another_has_not() {
    let profile = profile("tilde-utf8");
    let bytes = answer(&profile);
    let other = String::from_utf8(bytes.clone()).unwrap().replacen("1004", "1005", 1);
    let digest = |bytes: &[u8]| FileDigest::of(bytes).unwrap();
    assert_eq!(digest(&bytes), digest(&answer(&profile)));
    assert_ne!(digest(&bytes), digest(other.as_bytes()));
    assert_eq!(
        digest(b"abc").to_string(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn trap_7_a_partial_debit_tells_what_was_really_taken() {
    let profile = profile("tilde-utf8");
    let text = String::from_utf8(answer(&profile)).unwrap();
    let partial = text.replacen("97580~97580~0000", "97580~50000~0000", 1).replacen(
        "\n97580~1\n",
        "\n50000~1\n",
        1,
    );
    assert_eq!(outcomes(&profile, partial.as_bytes()).unwrap(), ["50000", "1004"]);
}

#[test]
fn trap_8_a_reader_of_the_folder_never_sees_half_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("DK_I.txt");
    let debits = sample::debits(1);
    let wrong_totals = sample::file(&debits[..1]);
    let profile = profile("pipe-gbk");
    let refused = hand_over::hand_over(&path, |out| {
        request::write(out, (&profile, &wrong_totals), debits.clone())
    });
    assert!(matches!(refused, Err(WriteError::TotalsMustBeKept { .. })));
    assert!(!path.exists() && !hand_over::is_handed_over(&path));
    let file = sample::file(&debits);
    hand_over::hand_over(&path, |out| request::write(out, (&profile, &file), debits.clone()))
        .unwrap();
    assert!(hand_over::is_handed_over(&path));
}

#[test]
fn trap_9_a_separator_or_line_break_in_a_name_is_refused() {
    for (name, holder, refused) in [
        ("pipe-gbk", "张|三", true),
        ("pipe-gbk", "张\n三", true),
        ("pipe-gbk", "张~三", false),
        ("tilde-utf8", "张~三", true),
        ("tilde-utf8", "张\r三", true),
        ("fixed-gb18030", "张|三", false),
        ("fixed-gb18030", "张\n三", true),
    ] {
        let mut debit = sample::debit(7, policy::Branch::Pension, "975.80");
        debit.holder = holder.to_owned();
        assert_eq!(written(&profile(name), &[debit]).is_err(), refused, "{name} {holder:?}");
    }
}

#[test]
fn more_details_than_were_sent_are_refused() {
    let profile = profile("tilde-utf8");
    let lines = [settled(), settled()].concat();
    let bytes = result::write(&profile, "FE3201-20261126-105-01", &lines);
    assert!(matches!(read(&profile, &bytes).unwrap_err().rule, FileRule::CountMustMatch { .. }));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..400), index in 0..3_usize,
    ) {
        let profile = &Profile::built_in()[index];
        let _ = read(profile, &bytes);
        let _ = request::read(&*bytes, profile);
    }

    #[test]
    fn an_answer_with_any_bytes_in_it_is_read_or_refused(
        index in 0..3_usize, at in 0..200_usize, bytes in prop::collection::vec(any::<u8>(), 1..8),
    ) {
        let profile = &Profile::built_in()[index];
        let mut answer = answer(profile);
        let at = at % answer.len();
        answer.splice(at..at, bytes);
        let _ = read(profile, &answer);
    }

    #[test]
    fn whatever_is_written_is_read_back(
        index in 0..3_usize, holder in "[\u{4e00}-\u{9fa5}·a-zA-Z ]{1,12}",
        fen in prop::collection::vec(1..100_000_000_i64, 1..20),
    ) {
        let profile = &Profile::built_in()[index];
        let debits: Vec<Debit> = (1..).zip(&fen).map(|(person, fen)| {
            let mut debit = sample::debit(person, policy::Branch::Medical, "1.00");
            debit.holder = holder.clone();
            debit.amount = Fen::new(*fen).unwrap();
            debit
        }).collect();
        let file = request::read(&*written(profile, &debits).unwrap(), profile).unwrap();
        prop_assert_eq!(file.orders.len(), fen.len());
        for (order, debit) in file.orders.iter().zip(&debits) {
            prop_assert_eq!(order.amount, debit.amount);
            prop_assert_eq!(&order.end_to_end_id, &debit.end_to_end_id.to_string());
        }
    }
}
