//! Answers in the encoding that was agreed, with and without a mark, and in another.

use channels::bank_batch::text_profile::{Profile, request, result};
use operations::withholding::FileFormat;
use operations::withholding::read_bank_result::ReadResultError;
use store::Db;
use store::testing::for_each_database;

use super::{file_of, report, sent_world, states};
use crate::world::{World, agreement, day};

/// A report with Chinese words, as text.
fn worded(world: &World) -> String {
    let plain = report(&world.debits(), ("", "", &[("P1", "RJCT", "AM04")]), 1);
    plain.replace("</Rsn></StsRsnInf>", "</Rsn><AddtlInf>余额不足</AddtlInf></StsRsnInf>")
}

fn refused(world: &World, bytes: &[u8], nth: usize) -> String {
    match world.read(&file_of(world, bytes, nth)) {
        Err(ReadResultError::FileMustKeepTheRules { refusal, .. }) => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_report_is_read_in_utf_8_with_and_without_a_mark_and_refused_in_gbk() {
    for_each_database(|db| {
        let world = sent_world(db);
        let text = worded(&world);
        let (gbk, ..) = encoding_rs::GBK.encode(&text);
        let unsaid = refused(&world, &gbk, 1);
        assert!(unsaid.contains("encoded in UTF-8"), "{unsaid}");
        assert!(unsaid.starts_with("line 1, element Document/CstmrPmtStsRpt"), "{unsaid}");
        let declared = format!("<?xml version=\"1.0\" encoding=\"GBK\"?>{text}");
        let (gbk, ..) = encoding_rs::GBK.encode(&declared);
        assert!(refused(&world, &gbk, 2).contains("encoded in UTF-8"));
        assert_eq!(states(&world), "sss sss");
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        world.read(&file_of(&world, &marked, 3)).unwrap();
        assert_eq!(states(&world), "rss sss");
        let again = world.read(&file_of(&world, text.as_bytes(), 4)).unwrap();
        assert_eq!((again.rejected, again.repeated), (0, 1), "the same words without the mark");
        world.check();
    });
}

/// A city whose bank takes a text file, its money on the cards, and the bank's answer.
fn answered(db: &Db, name: &str) -> (World, Vec<u8>) {
    let mut world = World::new(db, 2);
    world.fund(&["9999.00", "0.00"]);
    let profile = Profile::built_in().into_iter().find(|each| each.name == name).unwrap();
    world.agreement = agreement(FileFormat::Text(Box::new(profile.clone())));
    let built = world.build("2026-11-26").unwrap();
    let path = world.hand_over(&built, "2026-11-26").paths.swap_remove(0);
    let file = request::read(&*std::fs::read(path).unwrap(), &profile).unwrap();
    let settled = world.bank.process(&file, world.shortfall, day("2026-11-26"));
    let bytes = result::write(&profile, &file.message_id, &settled);
    (world, bytes)
}

#[test]
fn a_text_answer_is_booked_in_its_profiles_encoding_and_refused_whole_in_another() {
    use encoding_rs::{GB18030, GBK, UTF_8};
    for (name, own, other) in
        [("pipe-gbk", GBK, UTF_8), ("fixed-gb18030", GB18030, UTF_8), ("tilde-utf8", UTF_8, GBK)]
    {
        for_each_database(|db| {
            let (world, bytes) = answered(db, name);
            let (text, _, damaged) = own.decode(&bytes);
            assert!(!damaged, "{name}");
            // An odd number of characters: their bytes in UTF-8 can't be taken for pairs of GBK.
            let words = format!("钱不够{}", " ".repeat(34));
            let text = text.replace("余额不足", "钱不够").replace("~1004~~", "~1004~钱不够~");
            let text = text.replace(&" ".repeat(40), &words);
            assert!(!text.is_ascii(), "{name}: nothing that an encoding changes");
            let (foreign, ..) = other.encode(&text);
            let why = refused(&world, &foreign, 1);
            assert!(why.starts_with("line "), "{name}: {why}");
            assert_eq!(states(&world), "sss sss", "{name}: {why}");
            let marked = [b"\xef\xbb\xbf".as_slice(), &bytes].concat();
            world.read(&file_of(&world, &marked, 2)).unwrap();
            assert_eq!(states(&world), "ccc rrr", "{name}");
            let again = world.read(&file_of(&world, &bytes, 3)).unwrap();
            assert_eq!((again.collected, again.repeated), (0, 6), "{name}: without the mark");
            world.check();
        });
    }
}
