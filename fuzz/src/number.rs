//! What people type: identity numbers, cards, telephones, codes of employers and banks.

use insurance::bank_card::BankCard;
use insurance::cnaps_bank_number::CnapsBankNumber;
use insurance::credit_code::CreditCode;
use insurance::identity_number::IdentityNumber;
use insurance::mobile_number::MobileNumber;
use insurance::social_security_card::SocialSecurityCard;
use units::{Date, Fen, Month, Rate};

use super::Parser;

/// 公民身份号码, typed and stored.
pub const IDENTITY: Parser = Parser {
    name: "identity_number",
    rounds: 2_000,
    samples: || {
        [
            "320102199001010010",
            "11010519491231002X",
            "３２０１１５１９８５１２３１２３４１",
            "320102900101001",
        ]
        .map(|text| text.as_bytes().to_vec())
        .to_vec()
    },
    read: |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let today: Date = "2026-11-24".parse().expect("a day");
        match IdentityNumber::parse(&text, today) {
            Ok(number) => {
                assert!(!number.masked().contains(number.as_str()), "a masked number hides");
                assert!(!format!("{number:?}").contains(number.as_str()));
                assert!(number.born_on() <= today);
            }
            Err(refusal) => assert_hides(&text, &refusal.to_string()),
        }
        if let Err(refusal) = IdentityNumber::from_stored(&text) {
            assert_hides(&text, &refusal.to_string());
        }
        drop(IdentityNumber::upgrade_first_generation(&text));
    },
};

/// Cards and every other number; days, months, money and rates too.
pub const CARD: Parser = Parser {
    name: "card",
    rounds: 2_000,
    samples: || {
        [
            "6217001234567890122",
            "A12345678",
            "13912345678",
            "105301000013",
            "91320100MA1MK0000X",
            "2026-11-24",
            "2026-11",
            "1376.12",
            "8.75%",
            "2/3",
        ]
        .map(|text| text.as_bytes().to_vec())
        .to_vec()
    },
    read: |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(card) = BankCard::parse(&text) {
            assert!(!format!("{card:?}").contains(card.as_str()));
            let _ = card.passes_luhn();
        }
        let refusals = [
            BankCard::parse(&text).err().map(|e| e.to_string()),
            SocialSecurityCard::parse(&text).err().map(|e| e.to_string()),
            MobileNumber::parse(&text).err().map(|e| e.to_string()),
            CnapsBankNumber::parse(&text).err().map(|e| e.to_string()),
            CreditCode::parse(&text).err().map(|e| e.to_string()),
            text.parse::<Date>().err().map(|e| e.to_string()),
            text.parse::<Month>().err().map(|e| e.to_string()),
            text.parse::<Fen>().err().map(|e| e.to_string()),
            text.parse::<Rate>().err().map(|e| e.to_string()),
        ];
        refusals.iter().flatten().for_each(|refusal| assert_hides(&text, refusal));
    },
};

/// A refusal is a sentence that does not repeat a whole number.
fn assert_hides(text: &str, refusal: &str) {
    super::assert_sentence(refusal);
    let is_a_number = text.chars().filter(char::is_ascii_digit).count() > 8;
    assert!(!is_a_number || !refusal.contains(text), "the refusal repeats what was typed");
}
