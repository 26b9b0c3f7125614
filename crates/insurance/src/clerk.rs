//! 经办人: who works at an office's desk, and what their roles let them do.

use crate::ids::ClerkId;

pub mod record_chain;

/// A role (岗位). Positions and duties are separated: whoever asks for money to leave never
/// decides it (社会保险经办条例 articles 36–38).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 窗口: serves people at the desk.
    Window,
    /// 复核: decides what another clerk asked for.
    Review,
    /// 财务: reconciliation, suspense, refunds.
    Finance,
    /// 稽核: reads the audit trail and every record, changes nothing.
    Audit,
    /// 管理: accounts and roles.
    Admin,
}

impl Role {
    /// Every role, in the order of their bits.
    pub const ALL: [Self; 5] =
        [Self::Window, Self::Review, Self::Finance, Self::Audit, Self::Admin];

    /// The word of command lines and logs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Review => "review",
            Self::Finance => "finance",
            Self::Audit => "audit",
            Self::Admin => "admin",
        }
    }

    /// The role of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Window => 1,
            Self::Review => 2,
            Self::Finance => 4,
            Self::Audit => 8,
            Self::Admin => 16,
        }
    }
}

/// The roles of a clerk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RoleSet(u8);

impl RoleSet {
    /// Every role.
    pub const ALL: Self = Self(0b1_1111);

    /// The set of some roles.
    #[must_use]
    pub const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < roles.len() {
            bits |= roles[at].bit();
            at += 1;
        }
        Self(bits)
    }

    /// Whether a role is in the set.
    #[must_use]
    pub const fn contains(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether the sets share a role.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The roles of the set, in order.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.contains(*role))
    }

    /// The number that tables hold.
    #[must_use]
    pub fn bits(self) -> i64 {
        i64::from(self.0)
    }

    /// The set of a number from a table, or `None` when it has other bits.
    #[must_use]
    pub fn from_bits(bits: i64) -> Option<Self> {
        u8::try_from(bits).ok().filter(|bits| *bits <= Self::ALL.0).map(Self)
    }
}

/// Roles that one person must not hold together: whoever keeps accounts or audits does nothing else,
/// and whoever pays or refunds neither asks for it nor decides it (社会保险经办条例 articles 36–38).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the roles {} and {} must be held by different people", .0.word(), .1.word())]
pub struct RolesMustBeSeparate(pub Role, pub Role);

impl RoleSet {
    /// Whether one person may hold all roles of the set.
    ///
    /// # Errors
    /// [`RolesMustBeSeparate`] with the first two that exclude each other.
    pub fn check_separation(self) -> Result<(), RolesMustBeSeparate> {
        let together = |a: Role, b: Role| matches!((a, b), (Role::Window, Role::Review));
        let roles: Vec<Role> = self.iter().collect();
        for (at, first) in roles.iter().enumerate() {
            if let Some(second) = roles[at + 1..].iter().find(|second| !together(*first, **second))
            {
                return Err(RolesMustBeSeparate(*first, *second));
            }
        }
        Ok(())
    }
}

/// A clerk's account, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clerk {
    /// Its number.
    pub id: ClerkId,
    /// The name that they sign in with.
    pub account: String,
    /// The name that colleagues read.
    pub name: String,
    /// The office that they work for: a code of the pack.
    pub office: String,
    /// What they may do.
    pub roles: RoleSet,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_and_survives_its_column() {
        let set = RoleSet::of(&[Role::Window, Role::Audit]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Role::Window, Role::Audit]);
        assert_eq!(RoleSet::from_bits(set.bits()), Some(set));
        assert!(set.meets(RoleSet::of(&[Role::Audit, Role::Admin])));
        assert!(!set.meets(RoleSet::of(&[Role::Review])));
        assert_eq!(RoleSet::from_bits(32), None);
    }

    #[test]
    fn whoever_pays_keeps_accounts_or_audits_does_nothing_else() {
        let holds = |roles: &[Role]| RoleSet::of(roles).check_separation().is_ok();
        for role in Role::ALL {
            assert!(holds(&[role]), "{role:?}");
        }
        assert!(holds(&[]) && holds(&[Role::Window, Role::Review]));
        for pair in [
            [Role::Review, Role::Finance],
            [Role::Window, Role::Finance],
            [Role::Window, Role::Admin],
            [Role::Audit, Role::Admin],
            [Role::Review, Role::Audit],
        ] {
            assert!(!holds(&pair), "{pair:?}");
        }
        assert!(RoleSet::ALL.check_separation().is_err());
    }
}
