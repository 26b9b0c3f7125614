//! What a branch's contribution consists of: rates of the base and fixed sums, each rounded by
//! itself.

use serde::Deserialize;
use units::{ExactFen, Fen, Rate, Rounding, RoundingMode};

use crate::text::Text;
use crate::written;

/// One separately rounded part of a contribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// What people call it.
    pub name: Text,
    /// How it is computed.
    pub sum: ComponentSum,
    /// How much of it, as a rate of the base, goes to the individual account (个人账户); the rest
    /// goes to the pooled fund (统筹基金). Accounts are kept in fen: it is rounded half up.
    pub account: Rate,
}

/// How a component is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComponentSum {
    /// A rate of the base, rounded.
    Rate(Rate, Rounding),
    /// The same sum for everyone.
    Fixed(Fen),
}

/// The rounded parts of one component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComponentParts {
    /// Before rounding.
    pub exact: ExactFen,
    /// The whole component.
    pub amount: Fen,
    /// What of it goes to the individual account.
    pub account: Fen,
}

impl Component {
    /// The component on a base.
    ///
    /// Worked: 4,952 × 20 % = 990.40, of which 4,952 × 8 % = 396.16 to the account.
    ///
    /// `None` beyond the largest amount of money.
    #[must_use]
    pub fn on(&self, base: Fen) -> Option<ComponentParts> {
        let base = ExactFen::of(base);
        let (exact, amount, account) = match self.sum {
            ComponentSum::Fixed(sum) => (ExactFen::of(sum), sum, Fen::ZERO),
            ComponentSum::Rate(rate, rounding) => {
                let exact = base.times(rate)?;
                let account = Rounding::FEN_HALF_UP.apply(base.times(self.account)?).ok()?;
                let amount = rounding.apply(exact).ok()?;
                (exact, amount, account.min(amount))
            }
        };
        Some(ComponentParts { exact, amount, account })
    }
}

impl<'de> Deserialize<'de> for Component {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WrittenComponent::deserialize(deserializer)?.read().map_err(serde::de::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenComponent {
    name: Text,
    rate: Option<Rate>,
    round: Option<WrittenRounding>,
    sum: Option<written::Yuan>,
    account: Option<Rate>,
}

impl WrittenComponent {
    fn read(self) -> Result<Component, &'static str> {
        let account = self.account.unwrap_or(Rate::ZERO);
        let sum = match (self.rate, self.round, self.sum) {
            (Some(rate), Some(rounding), None) => {
                if !at_most(account, rate) {
                    return Err("the account's rate must not be more than the component's rate");
                }
                ComponentSum::Rate(rate, rounding.0)
            }
            (None, None, Some(sum)) if account == Rate::ZERO => ComponentSum::Fixed(sum.0),
            (Some(_), None, None) => {
                return Err("a rate needs its rounding: round = { unit, mode }");
            }
            _ => return Err("a component has either rate and round (and account), or sum"),
        };
        Ok(Component { name: self.name, sum, account })
    }
}

fn at_most(part: Rate, whole: Rate) -> bool {
    let left = u128::from(part.numerator()) * u128::from(whole.denominator());
    let right = u128::from(whole.numerator()) * u128::from(part.denominator());
    left <= right
}

/// `round = { unit = "0.1", mode = "half_up" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrittenRounding(pub(crate) Rounding);

impl<'de> Deserialize<'de> for WrittenRounding {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            #[serde(deserialize_with = "written::yuan")]
            unit: Fen,
            mode: RoundingMode,
        }
        let fields = Fields::deserialize(deserializer)?;
        Rounding::new(fields.unit, fields.mode).map(Self).map_err(serde::de::Error::custom)
    }
}

/// For `#[serde(deserialize_with)]` on a [`Rounding`].
pub(crate) fn rounding<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Rounding, D::Error> {
    WrittenRounding::deserialize(d).map(|written| written.0)
}
