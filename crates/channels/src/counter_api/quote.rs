//! Dues query (缴费查询): what a person owes, and a quote for paying it.

use std::fmt;

use insurance::identity_number::IdentityNumber;
use insurance::social_security_card::SocialSecurityCard;
use policy::Branch;
use serde::{Deserialize, Serialize};
use units::{Date, Fen, Month, Timestamp};

use super::masked_person::MaskedPerson;
use super::problem::{Problem, ProblemCode};

/// How long a quote holds, in seconds.
pub const QUOTE_SECONDS: i64 = 1800;

/// `POST /counter/v1/dues-query`. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DuesQuery {
    /// 公民身份号码, as on the identity card.
    pub identity_number: String,
    /// 社会保障卡卡号, as on the face of the card.
    pub social_security_card: String,
}

/// A dues query whose numbers are well-formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// 公民身份号码.
    pub identity_number: IdentityNumber,
    /// 社会保障卡卡号.
    pub social_security_card: SocialSecurityCard,
}

impl DuesQuery {
    /// Checks the two numbers.
    ///
    /// # Errors
    /// [`ProblemCode::IdentityNumberInvalid`], then [`ProblemCode::CardNumberInvalid`].
    pub fn check(&self, today: Date) -> Result<Customer, Problem> {
        let identity_number =
            IdentityNumber::parse(&self.identity_number, today).map_err(|refusal| Problem {
                detail_zh: refusal.chinese().into(),
                ..ProblemCode::IdentityNumberInvalid
                    .because(refusal.to_string())
                    .at("identity_number")
            })?;
        let social_security_card =
            SocialSecurityCard::parse(&self.social_security_card).map_err(|refusal| Problem {
                detail_zh: refusal.chinese().into(),
                ..ProblemCode::CardNumberInvalid
                    .because(refusal.to_string())
                    .at("social_security_card")
            })?;
        Ok(Customer { identity_number, social_security_card })
    }
}

impl fmt::Debug for DuesQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DuesQuery(hidden)")
    }
}

/// What the person owes. Nothing is locked: another channel may pay meanwhile, and then the
/// payment is refused with [`ProblemCode::DuesChanged`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// Names this quote in the payment; absent when nothing is owed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_id: Option<String>,
    /// Whose, masked, for the teller to compare with the card in hand.
    pub person: MaskedPerson,
    /// One line for each insurance and month, oldest month first.
    pub lines: Vec<DueLine>,
    /// The sum of the lines, which the payment must equal.
    pub total_fen: Fen,
    /// `CNY`.
    pub currency: Currency,
    /// The moment after which the quote must not be paid.
    pub expires_at: Timestamp,
}

/// One insurance of one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueLine {
    /// 费款所属期.
    pub month: Month,
    /// 险种.
    pub branch: Branch,
    /// 险种, in Chinese, for the screen.
    pub branch_name: String,
    /// How much.
    pub amount_fen: Fen,
}

impl DueLine {
    /// A line with the branch's Chinese name.
    #[must_use]
    pub fn new(month: Month, branch: Branch, amount: Fen) -> Self {
        Self { month, branch, branch_name: branch.chinese().to_owned(), amount_fen: amount }
    }
}

/// The only currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Currency {
    /// 人民币.
    #[default]
    #[serde(rename = "CNY")]
    Cny,
}
