//! The rules of one month, compiled once and applied to every due.

use units::{Date, Fen, Month};

use crate::base::{BaseLimits, BaseRefusal, BaseRule};
use crate::branch::{Branch, BranchSet};
use crate::citation::Citation;
use crate::collection::Needs;
use crate::component::{Component, ComponentSum};
use crate::dated::{Dated, NotEncoded, Timeline};
use crate::explanation::{Explanation, PackVersion, Step};
use crate::kernel::{Charge, Kernel};
use crate::pack::Pack;
use crate::refusal::Refusal;
use crate::text::Text;

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
        let date = month.first_day();
        let base = self.base_rules(branch).on(date, known_on)?;
        let charge = self.charges(branch).on(date, known_on)?;
        let limits = self.limits(base, date, known_on)?;
        let kernel = Kernel::compile(&limits, &charge.value)
            .expect("the pack's check computes every charge on its cap");
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
        date: Date,
        known_on: Date,
    ) -> Result<BaseLimits, NotEncoded> {
        let of = |branch: Branch| -> Result<BaseLimits, NotEncoded> {
            let other = self.base_rules(branch).on(date, known_on)?;
            // A reference to a reference is refused by the pack's check; it ends here.
            Ok(own_limits(&other.value).unwrap_or(BaseLimits::Fixed(Fen::ZERO)))
        };
        match &base.value {
            BaseRule::FloorOf(branch) => Ok(BaseLimits::Fixed(of(*branch)?.floor())),
            BaseRule::SameAs(branch) => of(*branch),
            own => Ok(own_limits(own).unwrap_or(BaseLimits::Fixed(Fen::ZERO))),
        }
    }

    pub(crate) const fn base_rules(&self, branch: Branch) -> &Timeline<BaseRule> {
        match branch {
            Branch::Pension => &self.topics().pension_base,
            Branch::Medical => &self.topics().medical_base,
            Branch::Unemployment => &self.topics().unemployment_base,
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

    /// The same with its steps and citations.
    ///
    /// # Errors
    /// As [`charge`](Self::charge).
    pub fn explain(&self, branch: Branch, chosen: Fen) -> Result<Explanation, Refusal> {
        let charge = self.charge(branch, chosen)?;
        let rules = self.branch(branch)?;
        let mut steps = vec![rules.base_step(chosen, charge.base)];
        for component in &rules.components {
            steps.push(rules.component_step(component, charge.base));
        }
        steps.push(
            Step::new(
                Text::fixed("合计", "total"),
                format!("{} = {} + {}", charge.amount, charge.account, charge.pool),
            )
            .amount(charge.amount),
        );
        steps.push(
            Step::new(
                Text::fixed("其中记入个人账户", "of it to the individual account"),
                charge.account.to_string(),
            )
            .amount(charge.account),
        );
        steps.push(
            Step::new(
                Text::fixed("其中记入统筹基金", "of it to the pooled fund"),
                charge.pool.to_string(),
            )
            .amount(charge.pool),
        );
        Ok(Explanation {
            title: Text::made(
                format!("{} {}", self.month, branch.chinese()),
                format!("{} {} insurance", self.month, branch.word()),
            ),
            steps,
            amount: Some(charge.amount),
            pack: Some(self.pack.clone()),
        })
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

impl BranchRules {
    fn base_step(&self, chosen: Fen, base: Fen) -> Step {
        let (floor, cap) = (self.limits.floor(), self.limits.cap());
        let formula = match &self.rule {
            BaseRule::Tiers(_) => format!("{base} ∈ {floor} … {cap}"),
            BaseRule::Range { .. } if chosen == base => format!("{floor} ≤ {base} ≤ {cap}"),
            BaseRule::Range { .. } => format!("{chosen} → {base} ({floor} … {cap})"),
            BaseRule::FloorOf(branch) => format!("{base} = min {}", branch.chinese()),
            BaseRule::SameAs(branch) => format!("{base} = {}", branch.chinese()),
            BaseRule::Fixed(_) | BaseRule::Nothing(_) => base.to_string(),
        };
        Step::new(Text::fixed("缴费基数", "contribution base"), formula)
            .amount(base)
            .cited(self.base_citation.clone())
    }

    fn component_step(&self, component: &Component, base: Fen) -> Step {
        let parts = component.on(base).expect("the charge was computed on this base");
        let formula = match component.sum {
            ComponentSum::Fixed(sum) => sum.to_string(),
            ComponentSum::Rate(rate, _) => {
                let exact = parts.exact.to_string();
                let rounded = parts.amount.to_string();
                let arrow =
                    if exact == rounded { String::new() } else { format!(" → {rounded}") };
                format!("{base} × {rate} = {exact}{arrow}")
            }
        };
        Step::new(component.name.clone(), formula)
            .rounded(parts.exact, parts.amount)
            .cited(self.charge_citation.clone())
    }
}
