//! The rules of one month, compiled once and applied to every due.
//!
//! Files in reading order: [`kernel`] one charge without allocation or division, [`reciprocal`]
//! its arithmetic, [`mod@column`] many at once, [`explain`] one with its steps and citations,
//! [`knowledge`] what was known of a month.

mod column;
mod explain;
mod kernel;
mod knowledge;
mod reciprocal;

pub use column::ColumnRefusal;
pub use kernel::Charge;

use kernel::Kernel;
use units::{Date, Fen, Month};

use crate::branch::{Branch, BranchSet};
use crate::citation::Citation;
use crate::collection::{Needs, SettlementYearName};
use crate::component::Component;
use crate::contribution_base::{BaseLimits, BaseRefusal, BaseRule};
use crate::dated::{Dated, NotEncoded, Timeline};
use crate::explanation::PackVersion;
use crate::pack::Pack;
use crate::problem::Problem;
use crate::refusal::Refusal;

/// A pack's rules for one month, as they were known on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    pack: PackVersion,
    month: Month,
    known_on: Date,
    open: BranchSet,
    needs: Vec<Needs>,
    branches: [Result<BranchRules, NotEncoded>; 3],
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct BranchRules {
    limits: BaseLimits,
    rule: BaseRule,
    components: Vec<Component>,
    kernel: Kernel,
    base_citation: Citation,
    charge_citation: Citation,
    provisional: bool,
}

impl Pack {
    /// The rules of a month, from the values known on a day.
    ///
    /// The values of the month's first day hold for the whole month.
    ///
    /// # Errors
    /// [`NotEncoded`] when the pack does not say which branches are open in the month. A branch
    /// that is open but not encoded is refused when it is asked for.
    pub fn rules(&self, month: Month, known_on: Date) -> Result<Rules, NotEncoded> {
        let open = self.topics().open_branches.on(month.first_day(), known_on)?;
        Ok(Rules {
            pack: self.pack_version(),
            month,
            known_on,
            open: open.value.open.iter().copied().collect(),
            needs: open.value.needs.clone(),
            branches: Branch::ALL.map(|branch| self.branch_rules(branch, month, known_on)),
        })
    }

    /// The pack's name and version, as explanations carry them.
    #[must_use]
    pub fn pack_version(&self) -> PackVersion {
        PackVersion { name: self.name().to_owned(), version: self.version().to_owned() }
    }

    fn branch_rules(
        &self,
        branch: Branch,
        month: Month,
        known_on: Date,
    ) -> Result<BranchRules, NotEncoded> {
        let when = (month, known_on);
        let base = self.value_of(self.base_rules(branch), when)?;
        let charge = self.value_of(self.charges(branch), when)?;
        let limits = self.limits(base, when)?;
        let kernel = Kernel::compile(&limits, &charge.value)
            .expect("a pack is refused when one of its charges can't be computed on its bases");
        Ok(BranchRules {
            limits,
            rule: base.value.clone(),
            components: charge.value.clone(),
            kernel,
            base_citation: self.citation(&base.terms),
            charge_citation: self.citation(&charge.terms),
            provisional: base.terms.provisional || charge.terms.provisional,
        })
    }

    fn limits(
        &self,
        base: &Dated<BaseRule>,
        when: (Month, Date),
    ) -> Result<BaseLimits, NotEncoded> {
        let of = |branch: Branch| -> Result<BaseLimits, NotEncoded> {
            let other = self.value_of(self.base_rules(branch), when)?;
            // A reference to a reference is refused by the pack's check; it ends here.
            Ok(own_limits(&other.value).unwrap_or(BaseLimits::Fixed(Fen::ZERO)))
        };
        match &base.value {
            BaseRule::FloorOf(branch) => Ok(BaseLimits::Fixed(of(*branch)?.floor())),
            BaseRule::SameAs(branch) => of(*branch),
            own => Ok(own_limits(own).unwrap_or(BaseLimits::Fixed(Fen::ZERO))),
        }
    }

    /// Every charge that can't be computed on every base that may meet it: its sum leaves what
    /// money can hold, or there are more tiers than the compiled table has room for.
    pub(crate) fn uncomputable(&self) -> Vec<Problem> {
        let bases = Branch::ALL.into_iter().flat_map(|branch| self.base_rules(branch).entries());
        let limits: Vec<_> = bases.filter_map(|base| own_limits(&base.value)).collect();
        let charges = Branch::ALL.into_iter().flat_map(|branch| self.charges(branch).entries());
        let broken = charges.filter(|charge| {
            limits.iter().any(|limits| Kernel::compile(limits, &charge.value).is_none())
        });
        broken
            .map(|charge| Problem {
                place: charge.terms.place.clone(),
                kind: "nonsense",
                message: "the charge is too large for money on one of the pack's bases, or a base \
                          has more than 32 tiers or one twice"
                    .to_owned(),
            })
            .collect()
    }

    pub(crate) const fn base_rules(&self, branch: Branch) -> &Timeline<BaseRule> {
        match branch {
            Branch::Pension => &self.topics().pension_base,
            Branch::Medical => &self.topics().medical_base,
            Branch::Unemployment => &self.topics().unemployment_base,
        }
    }

    pub(crate) const fn settlement_years(&self, branch: Branch) -> &Timeline<SettlementYearName> {
        match branch {
            Branch::Pension => &self.topics().pension_settlement_year,
            Branch::Medical => &self.topics().medical_settlement_year,
            Branch::Unemployment => &self.topics().unemployment_settlement_year,
        }
    }

    pub(crate) const fn charges(&self, branch: Branch) -> &Timeline<Vec<Component>> {
        match branch {
            Branch::Pension => &self.topics().pension_charge,
            Branch::Medical => &self.topics().medical_charge,
            Branch::Unemployment => &self.topics().unemployment_charge,
        }
    }
}

fn own_limits(rule: &BaseRule) -> Option<BaseLimits> {
    match rule {
        BaseRule::Tiers(tiers) => Some(BaseLimits::Tiers(tiers.clone())),
        BaseRule::Range { floor, cap, outside } => {
            Some(BaseLimits::Range { floor: *floor, cap: *cap, outside: *outside })
        }
        BaseRule::Fixed(amount) => Some(BaseLimits::Fixed(*amount)),
        BaseRule::Nothing(_) => Some(BaseLimits::Fixed(Fen::ZERO)),
        BaseRule::FloorOf(_) | BaseRule::SameAs(_) => None,
    }
}

impl Rules {
    /// The month.
    #[must_use]
    pub const fn month(&self) -> Month {
        self.month
    }

    /// The day whose knowledge the rules hold.
    #[must_use]
    pub const fn known_on(&self) -> Date {
        self.known_on
    }

    /// The pack's name and version.
    #[must_use]
    pub const fn pack(&self) -> &PackVersion {
        &self.pack
    }

    /// Whether each branch costs the same under both, whoever asks: for the same month, as known
    /// on two days.
    #[must_use]
    pub fn cost_the_same(&self, other: &Self) -> bool {
        let law = |rules: &BranchRules| (rules.limits.clone(), rules.components.clone());
        let pairs = self.branches.iter().zip(&other.branches);
        pairs.into_iter().all(|(ours, theirs)| match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => law(ours) == law(theirs),
            (Err(_), Err(_)) => true,
            (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
        })
    }

    /// The branches open to the flexibly employed in this month.
    #[must_use]
    pub const fn open_branches(&self) -> BranchSet {
        self.open
    }

    /// Whether a person may choose this set of branches.
    ///
    /// # Errors
    /// [`Refusal`] for an empty choice, a branch that is not open, or one without the branch
    /// that it needs.
    pub fn check_choice(&self, chosen: BranchSet) -> Result<(), Refusal> {
        if chosen.is_empty() {
            return Err(Refusal::ChoiceMustNotBeEmpty);
        }
        if let Some(closed) = chosen.iter().find(|branch| !self.open.contains(*branch)) {
            return Err(Refusal::BranchMustBeOpen(closed));
        }
        let broken = |needs: &&Needs| chosen.contains(needs.branch) && !chosen.contains(needs.with);
        match self.needs.iter().find(broken) {
            Some(Needs { branch, with }) => {
                Err(Refusal::BranchMustBeChosenTogether { branch: *branch, with: *with })
            }
            None => Ok(()),
        }
    }

    /// The branch's own base for the base that the person chose.
    ///
    /// # Errors
    /// [`Refusal`] when the choice is below the floor, above the cap or between tiers, or the
    /// branch is not open or not encoded.
    pub fn check_base(&self, branch: Branch, chosen: Fen) -> Result<Fen, Refusal> {
        let rules = self.branch(branch)?;
        rules.limits.apply(chosen).map_err(|refusal| Refusal::of_base(branch, refusal))
    }

    /// The base with which a person goes on who chose `chosen` under earlier values: the same
    /// where it is still allowed, else the next higher tier, the floor or the cap.
    ///
    /// Worked (Nanjing): 4,879 and 24,396 of 2024 become 4,952 and 24,762 in 2025.
    ///
    /// # Errors
    /// [`Refusal`] when the branch is not open or not encoded.
    pub fn carried_base(&self, branch: Branch, chosen: Fen) -> Result<Fen, Refusal> {
        let limits = &self.branch(branch)?.limits;
        Ok(match limits.apply(chosen) {
            Ok(_) => chosen,
            Err(BaseRefusal::BelowFloor { floor, .. }) => floor,
            Err(BaseRefusal::AboveCap { cap, .. }) => cap,
            Err(BaseRefusal::BetweenTiers { above, .. }) => above,
        })
    }

    /// What bases the branch allows: tiers, range or the one for everyone.
    ///
    /// # Errors
    /// [`Refusal`] when the branch is not open or not encoded.
    pub fn base_limits(&self, branch: Branch) -> Result<&BaseLimits, Refusal> {
        self.branch(branch).map(|rules| &rules.limits)
    }

    /// Whether a value behind the branch's charge is provisional.
    ///
    /// # Errors
    /// [`Refusal`] when the branch is not open or not encoded.
    pub fn is_provisional(&self, branch: Branch) -> Result<bool, Refusal> {
        self.branch(branch).map(|rules| rules.provisional)
    }

    /// What a month of the branch costs on the base that the person chose. It allocates nothing.
    ///
    /// Worked (Nanjing 2025): pension on 4,952 is 990.40, of which 396.16 to the account.
    ///
    /// # Errors
    /// As [`check_base`](Self::check_base).
    #[inline]
    pub fn charge(&self, branch: Branch, chosen: Fen) -> Result<Charge, Refusal> {
        let rules = self.branch(branch)?;
        let charge = rules.kernel.charge(&rules.limits, chosen);
        charge.map_err(|refusal| Refusal::of_base(branch, refusal))
    }

    #[inline]
    fn branch(&self, branch: Branch) -> Result<&BranchRules, Refusal> {
        if !self.open.contains(branch) {
            return Err(Refusal::BranchMustBeOpen(branch));
        }
        let index = match branch {
            Branch::Pension => 0,
            Branch::Medical => 1,
            Branch::Unemployment => 2,
        };
        self.branches[index].as_ref().map_err(|missing| Refusal::MustBeEncoded(missing.clone()))
    }
}
