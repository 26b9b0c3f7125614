//! Words of cells that several kinds of files share.

use insurance::bank_card::BankCard;
use insurance::identity_number::IdentityNumber;
use policy::{Branch, BranchSet, Text};
use units::{Date, Fen, Month};

use super::table::{FieldError, Line};
use crate::city::City;
use crate::enrol::MandateForm;

/// 社会保障号码.
pub(super) fn identity(line: &Line<'_>, today: Date) -> Result<IdentityNumber, FieldError> {
    line.parse("identity_number", |text| {
        IdentityNumber::parse(text, today).map_err(|refusal| {
            let zh = "社会保障号码（身份证号）不对：应为18位，请逐位核对，特别是最后一位校验码。";
            Text::made(zh, refusal.to_string())
        })
    })
}

/// A name as on the identity card.
pub(super) fn name(line: &Line<'_>) -> Result<String, FieldError> {
    line.parse("name", |text| {
        let sound = (1..=60).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        sound.then(|| text.to_owned()).ok_or_else(name_must_be_given)
    })
}

pub(super) fn name_must_be_given() -> Text {
    Text::fixed(
        "姓名应为1至60个字，与身份证一致。",
        "The name must have 1 to 60 letters, as on the identity card.",
    )
}

/// The name in a line is not the one that the number is registered under.
pub(super) fn name_must_match() -> Text {
    Text::fixed(
        "姓名与该号码已登记的姓名不一致，请核对身份证。",
        "The name is not the one registered for this number; look at the identity card.",
    )
}

/// A month: `2026-11`, `202611`, `2026年11月`, or the first day of it, as spreadsheets hold months.
pub(super) fn month(text: &str) -> Result<Month, Text> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let written = match digits.get(..4).zip(digits.get(4..)) {
        Some((year, month)) if month.len() == 1 && !text.ends_with(char::is_numeric) => {
            format!("{year}-0{month}")
        }
        Some((year, month)) if month.len() == 2 => format!("{year}-{month}"),
        Some((year, rest)) if rest.len() == 4 && rest.ends_with("01") => {
            format!("{year}-{}", &rest[..2])
        }
        _ => String::new(),
    };
    written
        .parse()
        .map_err(|_| Text::fixed("月份请写成2026-11的样子。", "Write a month like 2026-11."))
}

/// A day: `2026-11-24`, `2026/11/24`, `20261124`.
pub(super) fn day(text: &str) -> Result<Date, Text> {
    let digits: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let written = match digits.as_slice() {
        [whole] if whole.len() == 8 => {
            format!("{}-{}-{}", &whole[..4], &whole[4..6], &whole[6..])
        }
        [year, month, day] => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => String::new(),
    };
    written
        .parse()
        .map_err(|_| Text::fixed("日期请写成2026-11-24的样子。", "Write a day like 2026-11-24."))
}

/// An amount in yuan.
pub(super) fn yuan(text: &str) -> Result<Fen, Text> {
    text.replace([',', '，'], "").parse().map_err(|_| {
        Text::fixed(
            "金额请写成4952或4952.50的样子，单位为元，最多两位小数。",
            "Write an amount in yuan like 4952 or 4952.50, with at most two decimals.",
        )
    })
}

/// `pension+medical+unemployment` or `养老+医疗+失业`, in any order.
pub(super) fn branches(text: &str) -> Result<BranchSet, Text> {
    let branch = |word: &str| {
        Branch::ALL.into_iter().find(|branch| {
            branch.word() == word || branch.chinese().starts_with(word) && word.chars().count() > 1
        })
    };
    text.split(['+', '＋', '、', '/'])
        .map(|word| branch(word.trim()))
        .collect::<Option<BranchSet>>()
        .ok_or_else(|| {
            Text::fixed(
                "险种请写成“养老+医疗+失业”的样子，或pension+medical+unemployment。",
                "Write insurances like pension+medical+unemployment.",
            )
        })
}

/// A bank's code, by its code or its Chinese name.
pub(super) fn bank(text: &str, city: &City, today: Date) -> Result<String, Text> {
    let banks = city.pack().topics().banks.on(today, today).map_err(|missing| missing.message())?;
    let named = |bank: &&policy::collection::PayingBank| bank.code == text || bank.name.zh == text;
    let found = banks.value.iter().filter(|bank| bank.withholds).find(named);
    found.map(|bank| bank.code.clone()).ok_or_else(|| {
        let names: Vec<&str> =
            banks.value.iter().filter(|bank| bank.withholds).map(|bank| &*bank.name.zh).collect();
        let codes: Vec<&str> =
            banks.value.iter().filter(|bank| bank.withholds).map(|bank| &*bank.code).collect();
        Text::made(
            format!("本市不能由这家银行代扣，可选：{}。", names.join("、")),
            format!("This bank does not withhold here; there are {}.", codes.join(", ")),
        )
    })
}

/// The account to debit.
pub(super) fn account(text: &str) -> Result<String, Text> {
    BankCard::parse(text).map(|card| card.as_str().to_owned()).map_err(|refusal| {
        Text::made("银行账号不对：应为8至32位数字，请核对银行卡。", refusal.to_string())
    })
}

/// The mandate of a line; the account is the person's own where no holder is named.
pub(super) fn mandate(
    line: &Line<'_>,
    city: &City,
    (name, today): (&str, Date),
) -> Result<MandateForm, FieldError> {
    Ok(MandateForm {
        bank: line.parse("bank", |text| bank(text, city, today))?,
        account_number: line.parse("account_number", account)?,
        holder: line.find("holder")?.unwrap_or(name).to_owned(),
        signed_on: signed_on(line, today)?,
    })
}

/// The day a mandate was signed: the line's, or today.
fn signed_on(line: &Line<'_>, today: Date) -> Result<Date, FieldError> {
    let signed = line.find("signed_on")?.map_or(Ok(today), day);
    let late =
        Text::fixed("委托签订日期不能晚于今天。", "The mandate can't be signed later than today.");
    match signed {
        Ok(day) if day > today => Err(("signed_on", late)),
        other => other.map_err(|words| ("signed_on", words)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_as_people_and_spreadsheets_write_it() {
        for text in ["2026-11", "202611", "2026年11月", "2026/11", "2026-11-01"] {
            assert_eq!(month(text).ok(), "2026-11".parse().ok(), "{text}");
        }
        assert_eq!(month("2026年9月").ok(), "2026-09".parse().ok());
        for text in ["", "2026", "2026-13", "2026-11-24", "11", "20261", "十一月"] {
            assert!(month(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_is_read_as_people_and_spreadsheets_write_it() {
        for text in ["2026-11-04", "2026/11/4", "20261104", "2026年11月4日"] {
            assert_eq!(day(text).ok(), "2026-11-04".parse().ok(), "{text}");
        }
        for text in ["", "2026-11", "2026-02-30", "2026110"] {
            assert!(day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn insurances_are_read_in_both_languages() {
        let all = Branch::ALL.into_iter().collect::<BranchSet>();
        assert_eq!(branches("养老+医疗+失业"), Ok(all));
        assert_eq!(branches("unemployment + pension+medical"), Ok(all));
        for text in ["", "+", "养", "pension+dental"] {
            assert!(branches(text).is_err(), "{text}");
        }
    }
}
