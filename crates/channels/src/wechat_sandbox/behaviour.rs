//! What the sandbox should do wrong, as a test or a demonstration sets it.

use serde::{Deserialize, Serialize};

/// The levers. The default is a WeChat on its best day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// The openid of whoever opens a page.
    pub visitor: String,
    /// 快照页: the visitor is a throw-away user.
    pub snapshot_visitor: bool,
    /// What happens to notices.
    pub notices: Notices,
    /// Seconds that a late notice is late.
    pub late_seconds: i64,
    /// Whether orders are taken but their answers lost on the way.
    pub lose_order_answers: bool,
    /// Whether refunds end abnormally: the card is closed.
    pub refunds_are_abnormal: bool,
    /// Whether the payer's bank refuses.
    pub bank_refuses: bool,
    /// Whether bills are kept back.
    pub bills_are_late: bool,
}

/// What happens to notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notices {
    /// One, at once.
    Prompt,
    /// One, after [`Behaviour::late_seconds`].
    Late,
    /// Three, at once.
    Repeated,
    /// A forged one, then the real one.
    ForgedFirst,
    /// None.
    Never,
    /// Any of these, by the seed: a day among real networks.
    BySeed,
}

impl Notices {
    /// Every manner that is one.
    pub(super) const EACH: [Self; 5] =
        [Self::Prompt, Self::Late, Self::Repeated, Self::ForgedFirst, Self::Never];

    /// The manner of a word, as JSON and command lines write it.
    ///
    /// # Errors
    /// A sentence with the words there are.
    pub fn from_word(word: &str) -> Result<Self, String> {
        serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| {
            "the manners are prompt, late, repeated, forged_first, never, by_seed".to_owned()
        })
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            visitor: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o".to_owned(),
            snapshot_visitor: false,
            notices: Notices::Prompt,
            late_seconds: 600,
            lose_order_answers: false,
            refunds_are_abnormal: false,
            bank_refuses: false,
            bills_are_late: false,
        }
    }
}
