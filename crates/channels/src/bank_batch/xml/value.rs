//! Simple types of an XML schema: is a text a value of the type.

use regex::Regex;
use units::Date;

/// The built-in type that a simple type restricts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Text,
    Decimal,
    Boolean,
    Date,
    DateTime,
    YearMonth,
}

impl Base {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "xs:string" => Self::Text,
            "xs:decimal" => Self::Decimal,
            "xs:boolean" => Self::Boolean,
            "xs:date" => Self::Date,
            "xs:dateTime" => Self::DateTime,
            "xs:gYearMonth" => Self::YearMonth,
            _ => return None,
        })
    }
}

/// A restriction of a built-in type by facets.
#[derive(Debug)]
pub(super) struct SimpleType {
    pub(super) base: Base,
    pub(super) length_min: Option<usize>,
    pub(super) length_max: Option<usize>,
    pub(super) pattern: Option<Regex>,
    pub(super) enumeration: Vec<String>,
    pub(super) total_digits: Option<usize>,
    pub(super) fraction_digits: Option<usize>,
    pub(super) not_negative: bool,
}

impl SimpleType {
    pub(super) fn of(base: Base) -> Self {
        Self {
            base,
            length_min: None,
            length_max: None,
            pattern: None,
            enumeration: Vec::new(),
            total_digits: None,
            fraction_digits: None,
            not_negative: false,
        }
    }

    /// What the type expects, when the text is not a value of it.
    pub(super) fn violation(&self, text: &str) -> Option<String> {
        if self.base == Base::Text {
            return self.text_violation(text);
        }
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        match self.base {
            Base::Text => None,
            Base::Decimal => self.decimal_violation(text),
            Base::Boolean => (!matches!(text, "true" | "false" | "1" | "0"))
                .then(|| "true or false is expected".to_owned()),
            Base::Date => (!is_date(text)).then(|| "a day YYYY-MM-DD is expected".to_owned()),
            Base::DateTime => (!is_date_time(text))
                .then(|| "a moment YYYY-MM-DDThh:mm:ss+08:00 is expected".to_owned()),
            Base::YearMonth => {
                (!is_year_month(text)).then(|| "a month YYYY-MM is expected".to_owned())
            }
        }
    }

    fn text_violation(&self, text: &str) -> Option<String> {
        if !self.enumeration.is_empty() && !self.enumeration.iter().any(|value| value == text) {
            return Some("a code of the schema's list is expected".to_owned());
        }
        if self.length_min.is_some() || self.length_max.is_some() {
            // Bytes bound characters from above, so most texts need no counting.
            let (least, most) =
                (self.length_min.unwrap_or(0), self.length_max.unwrap_or(usize::MAX));
            let within = (least..=most).contains(&text.len()) && text.is_ascii()
                || (least..=most).contains(&text.chars().count());
            if !within {
                return Some(format!("a text of {least} to {most} characters is expected"));
            }
        }
        match &self.pattern {
            Some(pattern) if !pattern.is_match(text) => {
                Some("a text of the schema's pattern is expected".to_owned())
            }
            _ => None,
        }
    }

    fn decimal_violation(&self, text: &str) -> Option<String> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
            return Some("a decimal number without exponent is expected".to_owned());
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        if self.fraction_digits.is_some_and(|most| fraction.len() > most)
            || self.total_digits.is_some_and(|most| whole.len() + fraction.len() > most)
        {
            return Some("a number with fewer digits is expected".to_owned());
        }
        let negative = text.starts_with('-') && !(whole.is_empty() && fraction.is_empty());
        (self.not_negative && negative).then(|| "a number not below zero is expected".to_owned())
    }
}

/// `Z`, `+hh:mm`, `-hh:mm`, up to 14 hours, or nothing.
fn is_zone(text: &str) -> bool {
    if text.is_empty() || text == "Z" {
        return true;
    }
    let Some((hours, minutes)) = text.strip_prefix(['+', '-']).and_then(|t| t.split_once(':'))
    else {
        return false;
    };
    match (two_digits(hours), two_digits(minutes)) {
        (Some(hours), Some(minutes)) => (hours < 14 && minutes < 60) || (hours, minutes) == (14, 0),
        _ => false,
    }
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn is_date(text: &str) -> bool {
    text.split_at_checked(10)
        .is_some_and(|(day, zone)| day.parse::<Date>().is_ok() && is_zone(zone))
}

fn is_date_time(text: &str) -> bool {
    let Some((day, clock)) = text.split_once('T') else { return false };
    let Some((clock, rest)) = clock.split_at_checked(8) else { return false };
    let parts: Option<Vec<u32>> = clock.split(':').map(two_digits).collect();
    let whole_clock = match parts.as_deref() {
        Some([24, 0, 0]) => true,
        Some([hour, minute, second]) => *hour < 24 && *minute < 60 && *second < 60,
        _ => false,
    };
    let zone = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
    };
    day.len() == 10 && day.parse::<Date>().is_ok() && whole_clock && is_zone(zone)
}

fn is_year_month(text: &str) -> bool {
    text.split_at_checked(7)
        .is_some_and(|(month, zone)| format!("{month}-01").parse::<Date>().is_ok() && is_zone(zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal() -> SimpleType {
        SimpleType {
            total_digits: Some(18),
            fraction_digits: Some(5),
            not_negative: true,
            ..SimpleType::of(Base::Decimal)
        }
    }

    #[test]
    fn decimals_keep_their_digits_and_have_no_exponent() {
        for text in ["0", "1055.23", "1.", ".5", "-0.00", "0001.500000000", " 7 "] {
            assert_eq!(decimal().violation(text), None, "{text}");
        }
        for text in ["", ".", "1e3", "-0.01", "1.123456", "1234567890123456789", "1,000", "NaN"] {
            assert!(decimal().violation(text).is_some(), "{text}");
        }
    }

    #[test]
    fn moments_and_days_must_exist() {
        for text in ["2026-11-26T23:00:00+08:00", "2026-11-26T23:00:00.123Z", "2026-11-26T24:00:00"]
        {
            assert!(is_date_time(text), "{text}");
        }
        for text in ["2026-11-26", "2026-02-30T00:00:00", "2026-11-26T23:60:00", "2026-11-26T1:0:0"]
        {
            assert!(!is_date_time(text), "{text}");
        }
        assert!(is_date("2026-11-26") && is_date("2026-11-26+08:00"));
        assert!(!is_date("2026-11-31") && !is_date("26-11-2026"));
        assert!(is_year_month("2026-11") && !is_year_month("2026-13"));
    }

    #[test]
    fn lengths_count_characters_not_bytes() {
        let name =
            SimpleType { length_min: Some(1), length_max: Some(3), ..SimpleType::of(Base::Text) };
        assert_eq!(name.violation("张三丰"), None);
        assert!(name.violation("张三丰甲").is_some());
        assert!(name.violation("").is_some());
    }
}
