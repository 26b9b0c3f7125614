//! What a teller sees of a person: enough to know the customer, not enough to copy.

use insurance::identity_number::IdentityNumber;
use insurance::person::masked_name;
use serde::{Deserialize, Serialize};

/// A person's name and identity number with their middle hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskedPerson {
    /// `*三`, `**峰`.
    pub name: String,
    /// `110***********002X`.
    pub identity_number: String,
}

impl MaskedPerson {
    /// Masks a person.
    #[must_use]
    pub fn new(name: &str, identity_number: &IdentityNumber) -> Self {
        Self { name: masked_name(name), identity_number: identity_number.masked() }
    }
}
