//! Two different people: who had a hand in a case, and who may still decide it.
//!
//! A person is more than an account. Accounts are bound to a staff number (工号); a hand remembers
//! the number that its account had when it acted, and the one that it has now, so that neither a
//! second account, nor another role, nor a binding changed in between makes one person two.

use policy::Text;

use crate::ids::ClerkId;

/// Somebody who acted, or is about to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// The account.
    pub clerk: ClerkId,
    /// 工号 of the account when it acted; `None` while the account is bound to nobody.
    pub staff: Option<String>,
    /// 工号 of the account now.
    pub staff_now: Option<String>,
}

/// Why somebody may not do the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandRefusal {
    /// The account is bound to nobody, so nobody can tell whether it is a second person.
    #[error("the account must be bound to a staff number")]
    StaffMustBeKnown,
    /// They opened, changed or proposed this case themself.
    #[error("whoever prepared a case must not decide it")]
    DeciderMustBeAnother,
    /// They approved this case themself.
    #[error("whoever approved a payment must not carry it out")]
    PayerMustBeAnother,
}

impl HandRefusal {
    /// The sentence for the clerk, with the next step.
    #[must_use]
    pub const fn message(self) -> Text {
        match self {
            Self::StaffMustBeKnown => Text::fixed(
                "您的账号没有绑定工号，不能办理涉及资金或更正的事项；请联系管理员绑定。",
                "Your account is bound to no staff number, so it can't act in such cases; ask the administrator to bind it.",
            ),
            Self::DeciderMustBeAnother => Text::fixed(
                "您经手过这个办件，不能由您复核；请交另一位工作人员复核。",
                "You had a hand in this case, so you can't decide it; give it to another person.",
            ),
            Self::PayerMustBeAnother => Text::fixed(
                "这个办件是您复核的，不能由您付款；请交另一位财务人员付款。",
                "You approved this case, so you can't pay it out; give it to another person in finance.",
            ),
        }
    }
}

impl Hand {
    /// Whether two hands belong to one person, by any path.
    #[must_use]
    pub fn is_same_person(&self, other: &Self) -> bool {
        let numbers = [&other.staff, &other.staff_now];
        let shares = |mine: &Option<String>| mine.is_some() && numbers.contains(&mine);
        self.clerk == other.clerk || shares(&self.staff) || shares(&self.staff_now)
    }

    fn is_known(&self) -> bool {
        self.staff_now.is_some()
    }
}

/// Checks that somebody can be told apart from others at all.
///
/// # Errors
/// [`HandRefusal::StaffMustBeKnown`].
pub fn check_known(hand: &Hand) -> Result<(), HandRefusal> {
    if hand.is_known() { Ok(()) } else { Err(HandRefusal::StaffMustBeKnown) }
}

/// Checks that a case is decided by somebody who had no hand in preparing it.
///
/// # Errors
/// [`HandRefusal`].
pub fn check_decider(decider: &Hand, preparers: &[Hand]) -> Result<(), HandRefusal> {
    check_known(decider)?;
    let took_part = preparers.iter().any(|hand| hand.is_same_person(decider));
    if took_part { Err(HandRefusal::DeciderMustBeAnother) } else { Ok(()) }
}

/// Checks that money is paid out by somebody who did not approve it.
///
/// # Errors
/// [`HandRefusal`].
pub fn check_payer(payer: &Hand, deciders: &[Hand]) -> Result<(), HandRefusal> {
    check_known(payer)?;
    let decided = deciders.iter().any(|hand| hand.is_same_person(payer));
    if decided { Err(HandRefusal::PayerMustBeAnother) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hand(clerk: i64, staff: Option<&str>, now: Option<&str>) -> Hand {
        let number = |text: Option<&str>| text.map(str::to_owned);
        Hand { clerk: ClerkId::from_i64(clerk), staff: number(staff), staff_now: number(now) }
    }

    #[test]
    fn one_person_is_never_two_by_any_path() {
        let preparer = hand(1, Some("1001"), Some("1001"));
        let cases = [
            ("the same account", hand(1, Some("1001"), Some("1001"))),
            ("a second account", hand(2, Some("1001"), Some("1001"))),
            ("the account bound anew", hand(1, Some("2002"), Some("2002"))),
            ("a second account bound anew", hand(2, Some("1001"), Some("2002"))),
        ];
        for (path, decider) in cases {
            let refusal = check_decider(&decider, std::slice::from_ref(&preparer));
            assert_eq!(refusal, Err(HandRefusal::DeciderMustBeAnother), "{path}");
        }
        let moved = hand(1, Some("1001"), Some("3003"));
        let decider = hand(2, Some("3003"), Some("3003"));
        assert_eq!(check_decider(&decider, &[moved]), Err(HandRefusal::DeciderMustBeAnother));
    }

    #[test]
    fn somebody_else_decides_and_an_unbound_account_does_not() {
        let preparer = hand(1, Some("1001"), Some("1001"));
        let other = hand(2, Some("2002"), Some("2002"));
        assert_eq!(check_decider(&other, std::slice::from_ref(&preparer)), Ok(()));
        let unbound = hand(3, None, None);
        assert_eq!(check_decider(&unbound, &[preparer]), Err(HandRefusal::StaffMustBeKnown));
        assert_eq!(
            check_payer(&other, std::slice::from_ref(&other)),
            Err(HandRefusal::PayerMustBeAnother)
        );
    }
}
