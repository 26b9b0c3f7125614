//! 商户订单号 and 商户退款单号: our numbers at WeChat, which say whose attempt they are.

use std::fmt;
use std::str::FromStr;

use insurance::ids::{PaymentId, PersonId, RefundId};

/// 商户订单号 (`out_trade_no`): one for each attempt, never used again with another amount.
///
/// It spells the person and the payment in base 36, joined by `-`: at most 27 of the 32
/// characters that WeChat allows, and every message about an order leads back to its person
/// without a lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderNumber {
    /// Who pays.
    pub person: PersonId,
    /// Which attempt.
    pub payment: PaymentId,
}

/// 商户退款单号 (`out_refund_no`): one for each refund; repeating it repeats nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefundNumber {
    /// Whose money goes back.
    pub person: PersonId,
    /// Which refund.
    pub refund: RefundId,
}

/// The text is not a number that we gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number must be one that we gave")]
pub struct NumberMustBeOurs;

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", base36(self.person.get()), base36(self.payment.get()))
    }
}

impl fmt::Display for RefundNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R-{}-{}", base36(self.person.get()), base36(self.refund.get()))
    }
}

impl FromStr for OrderNumber {
    type Err = NumberMustBeOurs;

    fn from_str(text: &str) -> Result<Self, NumberMustBeOurs> {
        let (person, payment) = read_pair(text)?;
        let number =
            Self { person: PersonId::from_i64(person), payment: PaymentId::from_i64(payment) };
        // Only the spelling that we write: one order has one number.
        if number.to_string() == text { Ok(number) } else { Err(NumberMustBeOurs) }
    }
}

impl FromStr for RefundNumber {
    type Err = NumberMustBeOurs;

    fn from_str(text: &str) -> Result<Self, NumberMustBeOurs> {
        let (person, refund) = read_pair(text.strip_prefix("R-").ok_or(NumberMustBeOurs)?)?;
        let number =
            Self { person: PersonId::from_i64(person), refund: RefundId::from_i64(refund) };
        if number.to_string() == text { Ok(number) } else { Err(NumberMustBeOurs) }
    }
}

fn read_pair(text: &str) -> Result<(i64, i64), NumberMustBeOurs> {
    let (left, right) = text.split_once('-').ok_or(NumberMustBeOurs)?;
    let read = |part| i64::from_str_radix(part, 36).ok().filter(|id| *id > 0);
    read(left).zip(read(right)).ok_or(NumberMustBeOurs)
}

fn base36(id: i64) -> String {
    let mut rest = id.unsigned_abs();
    let mut digits = Vec::new();
    while rest > 0 {
        let digit = u32::try_from(rest % 36).expect("a remainder of 36 fits");
        digits.push(char::from_digit(digit, 36).expect("a remainder of 36 is a digit"));
        rest /= 36;
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_number_fits_the_32_characters_of_wechat() {
        let largest = OrderNumber {
            person: PersonId::from_i64(i64::MAX),
            payment: PaymentId::from_i64(i64::MAX),
        };
        assert_eq!(largest.to_string(), "1y2p0ij32e8e7-1y2p0ij32e8e7");
        assert!(largest.to_string().len() <= 32);
        let smallest =
            OrderNumber { person: PersonId::from_i64(1), payment: PaymentId::from_i64(1) };
        // WeChat wants at least 6 characters; real identifiers have a moment in their high bits.
        assert_eq!(smallest.to_string(), "1-1");
    }

    #[test]
    fn text_that_we_did_not_write_is_refused() {
        for text in
            ["", "-", "1-", "0-1", "01-1", "1-1-1", "A-1", "1y2p0ij32e8e8-1", "-1-1", "+1-1"]
        {
            assert_eq!(text.parse::<OrderNumber>(), Err(NumberMustBeOurs), "{text:?}");
            assert!(text.parse::<RefundNumber>().is_err());
        }
    }

    proptest::proptest! {
        #[test]
        fn every_number_reads_back(person in 1..=i64::MAX, other in 1..=i64::MAX) {
            let person = PersonId::from_i64(person);
            let order = OrderNumber { person, payment: PaymentId::from_i64(other) };
            let refund = RefundNumber { person, refund: RefundId::from_i64(other) };
            proptest::prop_assert_eq!(order.to_string().parse(), Ok(order));
            proptest::prop_assert_eq!(refund.to_string().parse(), Ok(refund));
        }

        #[test]
        fn arbitrary_text_is_no_panic(text: String) {
            let _ = text.parse::<OrderNumber>();
            let _ = text.parse::<RefundNumber>();
        }
    }
}
