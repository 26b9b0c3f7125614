//! The bank's own numbers: the serial of a transaction (流水号), a branch, a teller.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

macro_rules! bank_words {
    ($($(#[$meta:meta])* $name:ident 1..=$max:literal $not:ident $words:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        #[doc = concat!("The text is not a `", stringify!($name), "`.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        #[error($words)]
        pub struct $not;

        impl $name {
            /// Reads the text as the bank writes it.
            ///
            /// # Errors
            /// When it has another length or other characters than letters and digits.
            pub fn parse(text: &str) -> Result<Self, $not> {
                let shape = (1..=$max).contains(&text.len());
                if shape && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($not)
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    )+};
}

bank_words! {
    /// 流水号: unique per bank and bank date, over payments and reversals together.
    BankSerial 1..=32 NotBankSerial "a bank serial has 1 to 32 letters or digits";
    /// A branch or a teller of the bank.
    BankUnit 1..=20 NotBankUnit "a branch or teller number has 1 to 20 letters or digits";
}
