//! 人民币大写: a sum in the capital numerals that Chinese vouchers carry beside the figures.
//!
//! The rules are those of 《支付结算办法》 (银发〔1997〕393号), annex 1, 正确填写票据和结算凭证的基本规定.

use crate::Fen;

/// The sum in capitals, without a currency name before it.
///
/// - Whole yuan end with 整; sums that end with 角 or 分 don't.
/// - Zeros between digits are one 零.
/// - Where the rules leave 零 open (the place of 元 or 万 is zero, the next one isn't), it is left
///   out; where 角 is zero and 分 isn't, it stands.
/// - Ten is 壹拾, never 拾.
///
/// ```
/// use units::{Fen, capital_amount};
/// let sum: Fen = "1376.12".parse().unwrap();
/// assert_eq!(capital_amount(sum), "壹仟叁佰柒拾陆元壹角贰分");
/// assert_eq!(capital_amount(Fen::from_yuan(1055)), "壹仟零伍拾伍元整");
/// ```
#[must_use]
pub fn capital_amount(sum: Fen) -> String {
    let (yuan, jiao, fen) = (sum.fen() / 100, sum.fen() / 10 % 10, sum.fen() % 10);
    let mut text = String::new();
    if yuan > 0 || sum.is_zero() {
        spell(yuan, &mut text);
        text.push('元');
    }
    match (jiao, fen) {
        (0, 0) => text.push('整'),
        (0, fen) => {
            if yuan > 0 {
                text.push('零');
            }
            spell(fen, &mut text);
            text.push('分');
        }
        (jiao, fen) => {
            spell(jiao, &mut text);
            text.push('角');
            if fen > 0 {
                spell(fen, &mut text);
                text.push('分');
            }
        }
    }
    text
}

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const PLACES: [(i64, char); 5] =
    [(100_000_000, '亿'), (10_000, '万'), (1_000, '仟'), (100, '佰'), (10, '拾')];

fn spell(number: i64, text: &mut String) {
    let place = PLACES.into_iter().find(|(value, _)| number >= *value);
    let Some((value, name)) = place else {
        let digit = usize::try_from(number).ok().and_then(|digit| DIGITS.get(digit));
        text.push(*digit.expect("a number below ten and not below zero is a digit"));
        return;
    };
    spell(number / value, text);
    text.push(name);
    let rest = number % value;
    if rest > 0 {
        if rest < value / 10 {
            text.push('零');
        }
        spell(rest, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The official examples, with every form that the rules allow, then edges.
    const EXAMPLES: [(&str, &[&str]); 20] = [
        ("1409.50", &["壹仟肆佰零玖元伍角"]),
        ("6007.14", &["陆仟零柒元壹角肆分"]),
        ("1680.32", &["壹仟陆佰捌拾元零叁角贰分", "壹仟陆佰捌拾元叁角贰分"]),
        (
            "107000.53",
            &["壹拾万柒仟元零伍角叁分", "壹拾万零柒仟元伍角叁分", "壹拾万柒仟元伍角叁分"],
        ),
        ("16409.02", &["壹万陆仟肆佰零玖元零贰分"]),
        ("325.04", &["叁佰贰拾伍元零肆分"]),
        ("0.00", &["零元整"]),
        ("0.01", &["壹分"]),
        ("0.10", &["壹角"]),
        ("10.00", &["壹拾元整"]),
        ("100010.00", &["壹拾万零壹拾元整"]),
        ("10000000.00", &["壹仟万元整"]),
        ("100000001.00", &["壹亿零壹元整"]),
        ("1000000001.01", &["壹拾亿零壹元零壹分"]),
        ("20000000.05", &["贰仟万元零伍分"]),
        ("100010001000.00", &["壹仟亿零壹仟万零壹仟元整", "壹仟亿壹仟万壹仟元整"]),
        ("10000.10", &["壹万元壹角"]),
        ("1055.00", &["壹仟零伍拾伍元整"]),
        ("99999999.99", &["玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"]),
        ("1000000000000.00", &["壹万亿元整"]),
    ];

    #[test]
    fn official_examples_are_written_in_an_allowed_form() {
        for (figures, allowed) in EXAMPLES {
            let written = capital_amount(figures.parse().unwrap());
            assert!(allowed.contains(&written.as_str()), "{figures}: {written}");
        }
    }

    /// Reads capitals back, without knowing how they were written: 零 and 整 say nothing, every
    /// place multiplies what stands before it since the last greater place.
    fn read(text: &str) -> i64 {
        let (mut total, mut section, mut digit) = (0, 0, 0);
        for c in text.chars() {
            if let Some(value) = DIGITS.iter().position(|known| *known == c) {
                digit = i64::try_from(value).unwrap();
                continue;
            }
            match c {
                '拾' | '佰' | '仟' => {
                    let value = PLACES.iter().find(|(_, name)| *name == c).unwrap().0;
                    section += digit * value;
                }
                '万' => section = (section + digit) * 10_000,
                '亿' => {
                    total = (total + section + digit) * 100_000_000;
                    section = 0;
                }
                '元' => {
                    total = (total + section + digit) * 100;
                    section = 0;
                }
                '角' => total += digit * 10,
                '分' => total += digit,
                '整' => {}
                other => panic!("{other}"),
            }
            digit = 0;
        }
        total
    }

    #[test]
    fn every_sum_reads_back_from_its_capitals() {
        let ends = [0, 1, 9, 10, 11, 99, 100, 101, 110, 1000, 1001, 9999];
        for high in [0_i64, 1, 10, 305, 1000, 1001, 9999] {
            for middle in [0_i64, 1, 20, 300, 1000, 4010] {
                for low in [0_i64, 1, 10, 100, 1000, 1010] {
                    for fen in ends {
                        let count = ((high * 10_000 + middle) * 10_000 + low) * 100 + fen;
                        let sum = Fen::new(count).unwrap();
                        let text = capital_amount(sum);
                        assert_eq!(read(&text), count, "{sum}: {text}");
                        assert!(!text.contains("零零"), "{sum}: {text}");
                        assert_eq!(text.ends_with('整'), count % 100 == 0, "{sum}: {text}");
                    }
                }
            }
        }
        assert_eq!(read(&capital_amount(Fen::MAX)), i64::MAX);
    }
}
