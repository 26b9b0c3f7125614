//! 参保人: anyone registered here; [`inquiry`] who may look without signing in.

pub mod inquiry;

use units::Date;

use crate::cause::Cause;
use crate::identity_number::IdentityNumber;
use crate::ids::PersonId;
use crate::mobile_number::MobileNumber;
use crate::social_security_card::SocialSecurityCard;

/// A registered person. The household registration (户口) is recorded and never decides anything.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Our number.
    pub id: PersonId,
    /// 社会保障号码 = citizen identity number.
    pub identity: IdentityNumber,
    /// Name as on the identity card.
    pub name: String,
    /// 社会保障卡卡号.
    pub card: Option<SocialSecurityCard>,
    /// Mobile number for notices.
    pub phone: Option<MobileNumber>,
    /// 户籍所在地, as written on the form.
    pub household: Option<String>,
    /// 社保通: since when notices are sent; `None` while switched off.
    pub notices_since: Option<Date>,
    /// The day of registration.
    pub registered_on: Date,
    /// Why the registration exists.
    pub cause: Cause,
}

/// Shows the number of the row only: everything else is personal.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A name with all but its last character hidden, as pages and tellers may echo it: `*三`, `**峰`.
///
/// ```
/// assert_eq!(insurance::person::masked_name("欧阳峰"), "**峰");
/// ```
#[must_use]
pub fn masked_name(name: &str) -> String {
    let count = name.chars().count();
    name.chars()
        .enumerate()
        .map(|(i, c)| if i + 1 == count && count > 1 { c } else { '*' })
        .collect()
}
