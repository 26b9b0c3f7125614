//! 缴费单: what a month costs over all chosen branches, each with its steps.

use policy::{Branch, BranchSet, Explanation, Rules, Step, Text};
use units::Fen;

use super::{Explained, Refusal};

/// What a month costs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct MonthlyBill {
    /// Each branch, in the order of their codes.
    pub lines: Vec<BillLine>,
    /// Their sum.
    pub total: Fen,
}

/// What one branch of the month costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BillLine {
    /// 险种.
    pub branch: Branch,
    /// 缴费基数 of the branch; zero for a fixed sum.
    pub base: Fen,
    /// 应缴额.
    pub amount: Fen,
    /// What of it goes to the individual account.
    pub account: Fen,
}

/// The bill of a month for a choice of branches on a chosen base.
///
/// Worked (Nanjing 2025-10 on 4,952): 990.40 + 406.20 + 99.00 = 1,495.60.
///
/// # Errors
/// [`Refusal`] when the choice or the base is not allowed, or the month is not encoded.
pub fn bill(
    rules: &Rules,
    (branches, chosen): (BranchSet, Fen),
) -> Result<Explained<MonthlyBill>, Refusal> {
    rules.check_choice(branches)?;
    let (mut lines, mut steps) = (Vec::new(), Vec::new());
    for branch in branches.iter() {
        let charge = rules.charge(branch, chosen)?;
        steps.extend(rules.explain(branch, chosen)?.steps.into_iter().map(|step| {
            let label = Text::made(
                format!("{}：{}", branch.chinese(), step.label.zh),
                format!("{}: {}", branch.word(), step.label.en),
            );
            Step { label, ..step }
        }));
        let (base, amount, account) = (charge.base, charge.amount, charge.account);
        lines.push(BillLine { branch, base, amount, account });
    }
    let amounts = lines.iter().map(|line| line.amount);
    let total = Fen::checked_sum(amounts).ok_or(Refusal::AmountMustFit)?;
    let parts: Vec<_> = lines.iter().map(|line| line.amount.to_string()).collect();
    let formula = format!("{} = {total}", parts.join(" + "));
    steps.push(Step::new(Text::fixed("合计", "total"), formula).amount(total));
    let month = rules.month();
    let explanation = Explanation {
        title: Text::made(format!("{month} 缴费单"), format!("bill of {month}")),
        steps,
        amount: Some(total),
        pack: Some(rules.pack().clone()),
    };
    Ok(Explained { value: MonthlyBill { lines, total }, explanation })
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::Pack;

    #[test]
    fn a_bill_is_the_sum_of_its_charges_and_refuses_a_choice_that_lacks_a_branch() {
        let pack = Pack::shipped("nanjing").unwrap();
        let rules = pack.rules("2025-10".parse().unwrap(), "2025-10-01".parse().unwrap()).unwrap();
        let base = "4952".parse().unwrap();
        let all = bill(&rules, (BranchSet::ALL, base)).unwrap();
        assert_eq!(all.value.total, "1495.60".parse().unwrap());
        assert_eq!(all.explanation.amount, Some(all.value.total));
        let text = all.explanation.to_string();
        assert!(text.contains("养老保险：缴费基数") && text.contains("990.40 + 406.20 + 99.00"));
        let refusal = bill(&rules, (BranchSet::EMPTY, base)).unwrap_err();
        assert_eq!(refusal.code(), "choice_must_not_be_empty");
    }
}
