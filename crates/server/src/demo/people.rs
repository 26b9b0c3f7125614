//! Invented people, as the file that an office would hand in.

use std::io::{self, Write};

use insurance::number::identity_number::IdentityNumber;
use units::Date;

use super::Chance;

/// Surnames and the characters of given names.
const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭",
    "何", "林", "高", "罗", "欧阳", "司马", "诸葛",
];
const GIVEN: &[&str] = &[
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超",
    "秀英", "桂兰", "建国", "建华", "文", "玉兰", "志强", "喆", "堃",
];
/// Divisions that stand at the beginning of identity numbers, old ones among them.
const DIVISIONS: &[&str] = &[
    "320102", "320104", "320105", "320106", "320111", "320113", "320114", "320115", "320116",
    "320103", "320107", "320124",
];
const OFFICES: &[&str] = &[
    "xuanwu",
    "qinhuai",
    "jianye",
    "gulou",
    "pukou",
    "qixia",
    "yuhuatai",
    "jiangning",
    "luhe",
    "lishui",
    "gaochun",
    "jiangbei",
];
const BANKS: &[&str] = &["ccb", "ccb", "abc", "icbc", "psbc", "njcb", "boc"];
const TIERS: &[&str] = &["4952", "4952", "4952", "6000", "7000", "8000", "10000", "24762"];
/// Days of birth are spread over this many days from 1962-01-01; a prime, so that steps of
/// another prime meet every day before one comes again.
const BIRTH_DAYS: u64 = 13_001;

/// The lines that an office got wrong.
pub const BAD_LINES: &str = "\
320102199001010011,错一,,,xuanwu,pension,4952,2026-01,,
11010519491231002X,错二,,,suzhou,pension,4952,2026-01,,
440524188001010014,错三,,,xuanwu,pension,4951.99,2026-01,,
320113200002290012,错四,,,xuanwu,pension+dental,4952,2026-01,,
320124197007077071,错五,,,xuanwu,pension,4952,2026-13,,
";

/// How a person pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// By WeChat, on some day from the 2nd to the 24th.
    Wechat,
    /// At a counter, on some day from the 2nd to the 25th.
    Counter,
    /// By withholding, from the 26th.
    Bank,
    /// Not at all.
    Forgets,
}

/// How the person of a line pays; the same for the same line.
#[must_use]
pub fn habit(line: u64) -> Habit {
    match Chance::new(line ^ 0x5B).below(100) {
        0..25 => Habit::Wechat,
        25..38 => Habit::Counter,
        38..98 => Habit::Bank,
        _ => Habit::Forgets,
    }
}

/// Writes the file: a header, `people` good lines, and the bad ones.
///
/// # Errors
/// The writer's.
pub fn write_file(mut file: impl Write, people: u64) -> io::Result<()> {
    writeln!(
        file,
        "identity_number,name,card_number,phone,office,branches,base,from,bank,account_number"
    )?;
    let first = Date::new(1962, 1, 1).expect("the day exists");
    for line in 0..people {
        write_person(&mut file, line, first)?;
    }
    file.write_all(BAD_LINES.as_bytes())?;
    file.flush()
}

fn write_person(file: &mut impl Write, line: u64, first: Date) -> io::Result<()> {
    let mut chance = Chance::new(line);
    let mut pick = |words: &[&'static str]| {
        let index = chance.below(words.len() as u64);
        words[usize::try_from(index).unwrap_or(0)]
    };
    let (surname, given) = (pick(SURNAMES), pick(GIVEN));
    let (division, office, base) = (pick(DIVISIONS), pick(OFFICES), pick(TIERS));
    let branches = match line % 20 {
        0 => "pension",
        1..=3 => "pension+medical",
        _ => "pension+medical+unemployment",
    };
    let from = if line % 50 == 7 { "2026-11" } else { "2026-01" };
    let identity = identity(division, line, first);
    let (bank, account) = match habit(line) {
        Habit::Bank => (pick(BANKS), format!("621700{line:013}")),
        Habit::Wechat | Habit::Counter | Habit::Forgets => ("", String::new()),
    };
    let phone = 13_900_000_000 + line % 100_000_000;
    writeln!(
        file,
        "{identity},{surname}{given},N{line:08},{phone},{office},{branches},{base},{from},{bank},\
         {account}"
    )
}

/// An identity number of nobody: a thousand people share a day of birth before the days repeat.
pub(crate) fn identity(division: &str, line: u64, first: Date) -> String {
    let day = i32::try_from((line / 1000) * 7919 % BIRTH_DAYS).unwrap_or(0);
    let born = first.plus_days(day).unwrap_or(first);
    let short = born.year() % 100;
    let number = born.month().number();
    let old = format!("{division}{short:02}{number:02}{:02}{:03}", born.day(), line % 1000);
    let identity = IdentityNumber::upgrade_first_generation(&old);
    identity.map_or_else(String::new, |identity| identity.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn everybody_has_an_identity_number_of_their_own() {
        let mut file = Vec::new();
        write_file(&mut file, 5_000).unwrap();
        let text = String::from_utf8(file).unwrap();
        let numbers: BTreeSet<&str> =
            text.lines().skip(1).take(5_000).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(numbers.len(), 5_000);
        assert!(numbers.iter().all(|number| IdentityNumber::from_stored(number).is_ok()));
    }
}
