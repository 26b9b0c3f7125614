//! What a teller sees of a person: enough to know the customer, not enough to copy.

use insurance::identity_number::IdentityNumber;
use serde::{Deserialize, Serialize};

/// A person's name and identity number with their middle hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskedPerson {
    /// `张*`, `张*三`, `阿*江`.
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

/// The first character of a name, a star, and the last where there are three or more.
fn masked_name(name: &str) -> String {
    let mut characters = name.trim().chars();
    let (first, last) = (characters.next(), characters.next_back());
    match (first, characters.next(), last) {
        (Some(first), Some(_), Some(last)) => format!("{first}*{last}"),
        (Some(first), None, Some(_)) => format!("{first}*"),
        _ => "*".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_name_never_shows_more_than_its_ends() {
        for (name, masked) in [
            ("张三", "张*"),
            ("欧阳修", "欧*修"),
            ("阿卜杜拉·买买提江", "阿*江"),
            ("王", "*"),
            ("", "*"),
        ] {
            assert_eq!(masked_name(name), masked);
        }
    }
}
