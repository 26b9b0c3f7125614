//! What a card's balance covers: branches in the pack's order, each whole or not at all.

use policy::collection::{Shortfall, WithholdingRule};
use policy::{Branch, Dated, Explanation, Pack, Step, Text};
use units::{Date, Fen};

use super::{Explained, Refusal};

/// What one withholding would take.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Withholding {
    /// Each branch in the order of trying, and whether it is taken.
    pub lines: Vec<WithholdingLine>,
    /// What stays on the card.
    pub left: Fen,
    /// What is missing on the card for all of it.
    pub missing: Fen,
}

/// One branch of a withholding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WithholdingLine {
    /// 险种.
    pub branch: Branch,
    /// What is due.
    pub amount: Fen,
    /// Whether the balance covers it in its turn.
    pub is_taken: bool,
}

/// What the pack's order takes from a balance.
///
/// # Errors
/// [`Refusal`] when the pack has no withholding on the day.
pub fn withhold(
    pack: &Pack,
    balance: Fen,
    dues: &[(Branch, Fen)],
    on: Date,
) -> Result<Explained<Withholding>, Refusal> {
    let rule = pack.topics().withholding.on(on, on)?;
    Ok(withhold_by(pack, rule, (balance, dues)))
}

/// The same by a rule of the caller's choice: what follows when a bank goes on, or stops.
#[must_use]
pub fn withhold_by(
    pack: &Pack,
    rule: &Dated<WithholdingRule>,
    (balance, dues): (Fen, &[(Branch, Fen)]),
) -> Explained<Withholding> {
    let value = take(balance, dues, &rule.value.order, rule.value.shortfall);
    let mut steps = vec![
        Step::new(Text::fixed("扣款顺序", "order of withholding"), in_words(&rule.value.order))
            .cited(pack.citation(&rule.terms)),
        Step::new(
            Text::fixed("余额不足时", "when the balance does not cover one"),
            shortfall_in_words(rule.value.shortfall),
        ),
        Step::new(Text::fixed("卡内余额", "balance on the card"), balance.to_string())
            .amount(balance),
    ];
    steps.extend(value.lines.iter().map(|line| {
        let label = Text::made(line.branch.chinese(), line.branch.word());
        let (zh, en) = if line.is_taken { ("扣款", "taken") } else { ("未扣", "not taken") };
        let outcome = Text::made(format!("{} {zh}", line.amount), format!("{} {en}", line.amount));
        Step::new(label, outcome).amount(line.amount)
    }));
    let left = Step::new(Text::fixed("扣款后余额", "left on the card"), value.left.to_string());
    steps.push(left.amount(value.left));
    let missing = Step::new(Text::fixed("还差", "missing on the card"), value.missing.to_string());
    steps.push(missing.amount(value.missing));
    let explanation = Explanation {
        title: Text::fixed("银行卡余额够缴哪些险种", "what the balance covers"),
        steps,
        amount: Some(balance.saturating_sub(value.left)),
        pack: Some(pack.pack_version()),
    };
    Explained { value, explanation }
}

/// Takes dues whole from a balance, in order.
///
/// Worked: 1,376.11 for 975.80, 400.32 and 97.58 takes the first and, going on, the third.
#[must_use]
pub fn take(
    balance: Fen,
    dues: &[(Branch, Fen)],
    order: &[Branch],
    shortfall: Shortfall,
) -> Withholding {
    let rank = |branch: Branch| order.iter().position(|b| *b == branch).unwrap_or(order.len());
    let mut sorted = dues.to_vec();
    sorted.sort_by_key(|(branch, _)| rank(*branch));
    let (mut left, mut is_stopped) = (balance, false);
    let mut missing = Fen::ZERO;
    let mut lines = Vec::with_capacity(sorted.len());
    for (branch, amount) in sorted {
        let rest = left.checked_sub(amount).filter(|_| !is_stopped);
        lines.push(WithholdingLine { branch, amount, is_taken: rest.is_some() });
        match rest {
            Some(rest) => left = rest,
            None => {
                is_stopped |= shortfall == Shortfall::Stop;
                missing = missing.checked_add(amount).unwrap_or(Fen::MAX);
            }
        }
    }
    Withholding { lines, left, missing: missing.saturating_sub(left) }
}

const fn shortfall_in_words(shortfall: Shortfall) -> Text {
    match shortfall {
        Shortfall::Continue => Text::fixed("继续扣下一险种", "the next is tried"),
        Shortfall::Stop => Text::fixed("不再扣款", "nothing more is taken"),
    }
}

fn in_words(order: &[Branch]) -> Text {
    let joined = |name: fn(Branch) -> &'static str| {
        order.iter().map(|branch| name(*branch)).collect::<Vec<_>>().join(" → ")
    };
    Text::made(joined(Branch::chinese), joined(Branch::word))
}
