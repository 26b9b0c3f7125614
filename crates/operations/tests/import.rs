//! Files of many lines: what is read, what is booked, what is refused, and that a file counts once.
#![expect(clippy::unwrap_used, reason = "a city that can't be built must stop the test")]

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::{Arc, OnceLock};

use insurance::ids::IdSource;
use operations::City;
use operations::import_file::{ImportError, ImportKind, Imported, Source, check_file, import_file};
use policy::Pack;
use rust_xlsxwriter::{Format, Workbook};
use store::Db;
use store::tables::import_line::{self, Fate};
use store::tables::{mandate, person};
use store::testing::{for_each_database, now, on_sqlite};

const HEAD: &str = "社会保障号码*,姓名,经办机构,险种,缴费基数,参保起始月,代扣银行,银行账号\n";
const ZHANG: &str =
    "320102199001010010,张三,gulou,养老+医疗,4952,2026-11,ccb,6217001234567890122\n";
const LI: &str = "320115198512312341,李四,鼓楼区社会保险经办机构,养老,4952,2026年11月,,\n";

/// One source of identifiers for all tests: at one moment, two would give the same.
fn city() -> City {
    static CITY: OnceLock<City> = OnceLock::new();
    let open = || City::new(Arc::new(Pack::shipped("nanjing").unwrap()), IdSource::new(1));
    CITY.get_or_init(open).clone()
}

fn source<I>(kind: ImportKind, input: I) -> Source<'static, I> {
    Source { kind, input, actor: "test", office: None }
}

fn import(db: &Db, kind: ImportKind, bytes: &[u8]) -> Result<Imported, ImportError> {
    import_file(db, &city(), source(kind, Cursor::new(bytes)), now(), &mut |_, _| {})
}

fn refusals(imported: &Imported) -> Vec<(u64, &str)> {
    imported.refused.iter().map(|line| (line.line, &*line.field)).collect()
}

fn people(db: &Db) -> i64 {
    db.read(person::count).unwrap()
}

#[test]
fn a_file_is_read_in_utf8_with_and_without_mark_and_in_gbk() {
    let text = format!("{HEAD}{ZHANG}{LI}");
    let with_mark = format!("\u{feff}{text}");
    let (gbk, _, _) = encoding_rs::GBK.encode(&text);
    for bytes in [text.as_bytes(), with_mark.as_bytes(), &gbk] {
        for_each_database(|db| {
            let imported = import(db, ImportKind::People, bytes).unwrap();
            assert_eq!((imported.booked, refusals(&imported)), (2, vec![]));
            let names: Vec<String> = db
                .read(|tx| person::list_first(tx, 2))
                .unwrap()
                .into_iter()
                .map(|person| person.name)
                .collect();
            assert_eq!(names, ["张三", "李四"]);
        });
    }
}

#[test]
fn lines_that_end_in_a_lone_carriage_return_have_numbers_of_their_own() {
    let bad = "1,孙七,gulou,养老,4952,2026-11,,\n";
    let text = format!("{HEAD}{bad}{ZHANG}{bad}").replace('\n', "\r");
    on_sqlite(|db| {
        let file = source(ImportKind::People, Cursor::new(text.as_bytes()));
        let tried = check_file(db, &city(), file, now()).unwrap();
        assert_eq!((tried.booked, tried.refused), (1, 2));
        let imported = import(db, ImportKind::People, text.as_bytes()).unwrap();
        let lines: Vec<u64> = imported.refused.iter().map(|line| line.line).collect();
        assert_eq!(lines, [2, 4]);
    });
}

#[test]
fn a_dry_run_says_what_booking_then_does_and_books_nothing() {
    let text =
        format!("{HEAD}{ZHANG}{ZHANG}{LI}440524188001010014,孙七,gulou,养老,5000,2026-11,,\n");
    for_each_database(|db| {
        let file = || source(ImportKind::People, Cursor::new(text.as_bytes()));
        let tried = check_file(db, &city(), file(), now()).unwrap();
        assert_eq!((tried.booked, tried.unchanged, tried.refused), (2, 1, 1));
        assert_eq!(people(db), 0, "nothing is booked");
        let imported = import(db, ImportKind::People, text.as_bytes()).unwrap();
        assert_eq!((imported.booked, imported.unchanged), (2, 1));
        assert_eq!(refusals(&imported), [(5, "base")]);
        assert!(imported.refused[0].reason.zh.contains("不是可选档次"));
        assert_eq!(people(db), 2);
        let fates = db.read(|tx| import_line::list(tx, imported.run, (None, 0), 10)).unwrap();
        let fates: Vec<Fate> = fates.into_iter().map(|line| line.fate).collect();
        assert_eq!(fates, [Fate::Booked, Fate::Unchanged, Fate::Booked, Fate::Refused]);
    });
}

#[test]
fn an_office_imports_its_own_lines_only() {
    on_sqlite(|db| {
        let text = format!("{HEAD}{ZHANG}");
        let input = Cursor::new(text.as_bytes());
        let file = Source { office: Some("xuanwu"), ..source(ImportKind::People, input) };
        let imported = import_file(db, &city(), file, now(), &mut |_, _| {}).unwrap();
        assert_eq!((imported.booked, refusals(&imported)), (0, vec![(2, "office")]));
    });
}

/// A file whose disk fails behind a byte, once it is read for its lines.
struct Failing<'b> {
    bytes: Cursor<&'b [u8]>,
    rewinds: u32,
}

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.rewinds > 0 && self.bytes.position() > 110_000 {
            return Err(std::io::Error::other("the disk failed"));
        }
        self.bytes.read(buffer)
    }
}

impl Seek for Failing<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.rewinds += 1;
        self.bytes.seek(to)
    }
}

/// An identity number with its check character (GB 11643).
fn identity(index: usize) -> String {
    let body = format!("32010219900101{index:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = body.chars().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits.zip(weights).map(|(digit, weight)| digit * weight).sum();
    format!("{body}{}", ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][sum as usize % 11])
}

#[test]
fn an_import_that_was_stopped_goes_on_and_books_each_line_once() {
    // 900 people and, between them, lines that are refused, beyond two transactions.
    let mut text = HEAD.to_owned();
    for index in 0..4_500 {
        let identity = if index % 5 == 0 { identity(index / 5) } else { "1".to_owned() };
        text += &format!("{identity},张三,gulou,养老,4952,2026-11,,\n");
    }
    on_sqlite(|db| {
        let input = Failing { bytes: Cursor::new(text.as_bytes()), rewinds: 0 };
        let stopped =
            import_file(db, &city(), source(ImportKind::People, input), now(), &mut |_, _| {});
        assert!(matches!(stopped, Err(ImportError::Input(_))));
        let before = people(db);
        assert!(before > 0 && before < 900, "{before}");
        let again = import(db, ImportKind::People, text.as_bytes()).unwrap();
        assert_eq!(again.booked_before, before.unsigned_abs());
        assert_eq!((again.booked + again.booked_before, again.refused.len()), (900, 3_600));
        let third = import(db, ImportKind::People, text.as_bytes()).unwrap();
        assert_eq!((third.booked, third.booked_before), (0, 900));
        assert_eq!(third.refused, again.refused, "the report stays");
    });
}

/// A workbook of people; the identity number of its second line is a quantity.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let head = ["社会保障号码", "姓名", "经办机构", "险种", "缴费基数", "参保起始月", "手机号"];
    for (column, title) in (0..).zip(head) {
        sheet.write(0, column, title).unwrap();
    }
    let month = Format::new().set_num_format("yyyy-mm");
    for (row, name) in [(1, "张三"), (2, "李四")] {
        for (column, text) in [(1, name), (2, "gulou"), (3, "养老")] {
            sheet.write(row, column, text).unwrap();
        }
        sheet.write(row, 4, 4952).unwrap();
        // 1 November 2026.
        sheet.write_number_with_format(row, 5, 46_327, &month).unwrap();
        sheet.write(row, 6, 13_912_345_678_u64).unwrap();
    }
    sheet.write(1, 0, "320102199001010010").unwrap();
    sheet.write(2, 0, 320_115_198_512_312_341_u64).unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_read_and_a_number_that_lost_its_digits_is_refused() {
    for_each_database(|db| {
        let imported = import(db, ImportKind::People, &workbook()).unwrap();
        assert_eq!((imported.booked, refusals(&imported)), (1, vec![(3, "identity_number")]));
        assert!(imported.refused[0].reason.zh.contains("“文本”格式"));
        let zhang = db.read(|tx| person::list_first(tx, 1)).unwrap().remove(0);
        assert_eq!(zhang.phone.unwrap().as_str(), "13912345678");
        let spans = db.read(|tx| store::tables::enrolment::list(tx, zhang.id)).unwrap();
        assert_eq!(spans[0].from, "2026-11".parse().unwrap(), "a month that Excel took for a day");
    });
}

#[test]
fn a_sheet_that_claims_more_than_it_holds_is_refused_without_memory() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "社会保障号码").unwrap();
    sheet.write(1_048_575, 16_383, "far away").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    on_sqlite(|db| {
        let refused = import(db, ImportKind::People, &bytes);
        let expected =
            |e: &ImportError| matches!(e, ImportError::FileMustBeReadable { line: 1_048_576 });
        assert!(refused.as_ref().is_err_and(expected), "{refused:?}");
    });
}

#[test]
fn what_is_no_file_of_lines_is_refused_whole_and_says_what_to_do() {
    let old = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    let twice = "姓名,姓名,社会保障号码\n";
    let cases: [(&[u8], &str); 6] = [
        (&old, ".xlsx"),
        (b"", "第一行必须是列名"),
        (b"PK\x03\x04broken", "读不出来"),
        (twice.as_bytes(), "两个“姓名”列"),
        ("姓名,经办机构\n".as_bytes(), "缺少“社会保障号码”列"),
        (&[0xff, 0xfe, 0x00, 0x41], "缺少"),
    ];
    on_sqlite(|db| {
        for (bytes, words) in cases {
            let refused = import(db, ImportKind::People, bytes).unwrap_err();
            assert!(refused.message().zh.contains(words), "{words}: {}", refused.message().zh);
        }
        assert_eq!(people(db), 0);
    });
}

#[test]
fn a_line_with_a_comma_too_many_or_a_letter_that_cannot_be_read_is_refused_alone() {
    let mut text = format!("{HEAD}{ZHANG}").into_bytes();
    text.extend(b"320115198512312341,Li,gulou,pension,4952,2026-11,,,more\n");
    for_each_database(|db| {
        let imported = import(db, ImportKind::People, &text).unwrap();
        assert_eq!((imported.booked, refusals(&imported)), (1, vec![(3, "-")]));
    });
    // Not UTF-8, and no letter of GB 18030.
    text.extend(b"320124197007077071,\xff\xff,gulou,pension,4952,2026-11,,\n");
    on_sqlite(|db| {
        let (gbk, _, _) = encoding_rs::GBK.encode(HEAD);
        let mut bytes = gbk.into_owned();
        bytes.extend(b"320124197007077071,\xff\xff,gulou,pension,4952,2026-11,,\n");
        let imported = import(db, ImportKind::People, &bytes).unwrap();
        assert_eq!((imported.booked, refusals(&imported)), (0, vec![(2, "name")]));
    });
}

#[test]
fn a_mandate_is_signed_replaced_or_found_unchanged_for_registered_people_only() {
    let head = "identity_number,name,bank,account_number,signed_on\n";
    let file = |lines: &str| format!("{head}{lines}");
    for_each_database(|db| {
        import(db, ImportKind::People, format!("{HEAD}{ZHANG}{LI}").as_bytes()).unwrap();
        let lines = file(
            "320102199001010010,张三,ccb,6217001234567890122,\n\
             320115198512312341,李四,ccb,6217009876543210987,2026/11/4\n\
             320115198512312341,李五,ccb,6217009876543210987,\n\
             320124197007077071,王五,ccb,6217009876543210987,\n\
             320115198512312341,李四,nobank,6217009876543210987,\n\
             320115198512312341,李四,ccb,6217009876543210987,2027-01-01\n",
        );
        let imported = import(db, ImportKind::Mandates, lines.as_bytes()).unwrap();
        assert_eq!((imported.booked, imported.unchanged), (1, 1));
        let fields = [(4, "name"), (5, "identity_number"), (6, "bank"), (7, "signed_on")];
        assert_eq!(refusals(&imported), fields);
        let li = db.read(|tx| person::list_first(tx, 2)).unwrap().remove(1);
        let live = db.read(|tx| mandate::find_live(tx, li.id)).unwrap().unwrap();
        assert_eq!(live.signed_on, "2026-11-04".parse().unwrap());
        let other = file("320115198512312341,李四,ccb,6217001234567890122,\n");
        let replaced = import(db, ImportKind::Mandates, other.as_bytes()).unwrap();
        assert_eq!(replaced.booked, 1);
        let live = db.read(|tx| mandate::find_live(tx, li.id)).unwrap().unwrap();
        assert_eq!(live.account_number, "6217001234567890122");
    });
}

#[test]
fn an_employers_month_is_kept_and_stands_in_the_way_of_a_flexible_one() {
    let head = "identity_number,name,employer,employer_name,month,branches,base,paid_on\n";
    let file = |lines: &str| format!("{head}{lines}");
    let month = "320102199001010010,张三,91350100M000100Y43,示例有限公司,2026-11,养老+医疗,4952";
    for_each_database(|db| {
        let lines = file(&format!(
            "{month},\n{month},\n320115198512312341,李四,91350100M000100Y4X,x,2026-11,养老,4952,\n\
             320115198512312341,李四,91350100M000100Y43,x,2027-02,养老,4952,\n"
        ));
        let imported = import(db, ImportKind::EmployerMonths, lines.as_bytes()).unwrap();
        assert_eq!((imported.booked, imported.unchanged), (1, 1));
        assert_eq!(refusals(&imported), [(4, "employer"), (5, "month")]);
        let zhang = db.read(|tx| person::list_first(tx, 1)).unwrap().remove(0);
        assert_eq!(zhang.name, "张三", "registered, without insurance of their own");
        let joins = import(db, ImportKind::People, format!("{HEAD}{ZHANG}").as_bytes()).unwrap();
        assert_eq!(joins.booked, 0, "one month, one cover");
        let paid = file(&format!("{month},2026-11-12\n"));
        let corrected = import(db, ImportKind::EmployerMonths, paid.as_bytes()).unwrap();
        assert_eq!(corrected.booked, 1);
        let months = db.read(|tx| store::tables::employer_month::list(tx, zhang.id)).unwrap();
        assert_eq!(months.len(), 1);
        assert_eq!(months[0].paid_on, "2026-11-12".parse().ok());
    });
}
