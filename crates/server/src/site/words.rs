//! Days, months and money as people read them. Templates hold values and references; both are
//! taken.

use std::borrow::Borrow;

use insurance::payment::ChannelKind;
use units::{Date, Fen, Month, Timestamp, Weekday};

use super::visit::Visit;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Visit {
    /// `2026年11月`, `November 2026`.
    pub(crate) fn month(&self, month: impl Borrow<Month>) -> String {
        let month = *month.borrow();
        if self.english() {
            format!("{} {}", month_name(month), month.year())
        } else {
            format!("{}年{}月", month.year(), month.number())
        }
    }

    /// `1,464.02元`, `¥1,464.02`.
    pub(crate) fn money(&self, amount: impl Borrow<Fen>) -> String {
        let amount = grouped(*amount.borrow());
        if self.english() { format!("¥{amount}") } else { format!("{amount}元") }
    }

    /// `银行代扣`, `bank card`.
    pub(crate) fn channel(&self, channel: impl Borrow<ChannelKind>) -> &'static str {
        match channel.borrow() {
            ChannelKind::BankBatch => self.say("银行代扣", "Bank withholding"),
            ChannelKind::Counter => self.say("银行柜台", "Bank counter"),
            ChannelKind::Wechat => self.say("微信", "WeChat"),
        }
    }

    /// `11月24日`, `24 November`.
    pub(crate) fn day(&self, date: impl Borrow<Date>) -> String {
        let date = *date.borrow();
        if self.english() {
            format!("{} {}", date.day(), month_name(date.month()))
        } else {
            format!("{}月{}日", date.month().number(), date.day())
        }
    }

    /// `2026年11月24日 10:05`, `24 November 2026 10:05`, in Asia/Shanghai.
    pub(crate) fn moment(&self, moment: impl Borrow<Timestamp>) -> String {
        let moment = *moment.borrow();
        let text = moment.to_rfc3339_seconds();
        let time = text.get(11..16).unwrap_or_default();
        format!("{} {time}", self.full_day(moment.date_in_shanghai()))
    }

    /// `2026年11月24日`, `24 November 2026`.
    pub(crate) fn full_day(&self, date: impl Borrow<Date>) -> String {
        let date = *date.borrow();
        if self.english() {
            format!("{} {}", self.day(date), date.year())
        } else {
            format!("{}年{}", date.year(), self.day(date))
        }
    }
}

impl Visit {
    /// `星期二`, `Tuesday`.
    pub(crate) fn weekday(&self, date: impl Borrow<Date>) -> &'static str {
        match date.borrow().weekday() {
            Weekday::Monday => self.say("星期一", "Monday"),
            Weekday::Tuesday => self.say("星期二", "Tuesday"),
            Weekday::Wednesday => self.say("星期三", "Wednesday"),
            Weekday::Thursday => self.say("星期四", "Thursday"),
            Weekday::Friday => self.say("星期五", "Friday"),
            Weekday::Saturday => self.say("星期六", "Saturday"),
            Weekday::Sunday => self.say("星期日", "Sunday"),
        }
    }
}

/// `1464.02` as `1,464.02`.
fn grouped(amount: Fen) -> String {
    let text = amount.to_string();
    let (yuan, fen) = text.split_once('.').unwrap_or((&text, "00"));
    let digits = yuan.chars().enumerate().flat_map(|(at, digit)| {
        let comma = at > 0 && (yuan.len() - at).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    });
    format!("{}.{fen}", digits.collect::<String>())
}

fn month_name(month: Month) -> &'static str {
    let index = usize::try_from(month.number() - 1).unwrap_or_default();
    MONTHS[index]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::language::Language;

    #[test]
    fn days_read_naturally_in_both_languages() {
        let date: Date = "2026-11-04".parse().unwrap();
        let chinese = Visit::sample(Language::Chinese);
        let english = Visit::sample(Language::English);
        assert_eq!(chinese.full_day(date), "2026年11月4日");
        assert_eq!(english.full_day(date), "4 November 2026");
        assert_eq!(chinese.month(date.month()), "2026年11月");
        assert_eq!(english.month(date.month()), "November 2026");
    }

    #[test]
    fn money_is_grouped_by_thousands() {
        let read =
            |text: &str| Visit::sample(Language::English).money(text.parse::<Fen>().unwrap());
        assert_eq!(read("0.05"), "¥0.05");
        assert_eq!(read("999.00"), "¥999.00");
        assert_eq!(read("1464.02"), "¥1,464.02");
        assert_eq!(read("1234567.80"), "¥1,234,567.80");
    }
}
