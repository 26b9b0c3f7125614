//! 核定: what a person owes for a month, and the proof of a batch of dues.

use policy::{BranchSet, Refusal, Rules};
use sha2::{Digest, Sha256};
use units::Fen;

use crate::due::{Due, DueState};
use crate::ids::{AssessmentBatchId, PersonId};
use crate::ledger::{Account, Posting, hex};
use crate::payment::DueKey;

/// What a month's assessment needs of somebody insured in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Insured {
    /// Who.
    pub person: PersonId,
    /// 险种: for what.
    pub branches: BranchSet,
    /// 缴费基数, as chosen.
    pub base: Fen,
    /// The first free regular [`DueKey::part`] of the month: more than 0 for somebody who stopped
    /// before paying it, whose dues were withdrawn, and who came back for the same month.
    pub part: u8,
}

/// The regular dues of one person's month, in the order of branch codes.
///
/// The base was chosen perhaps under the values of an earlier year: where it is no longer allowed
/// the next allowed one is used ([`Rules::carried_base`]).
///
/// Worked (Nanjing, 2025-10, base 4,952, pension and medical): 990.40 and the medical charge.
///
/// # Errors
/// [`Refusal`] when a branch is not open or the pack has no value for the month; then the person
/// owes nothing yet and a clerk must look.
pub fn assess(
    insured: &Insured,
    rules: &Rules,
    batch: AssessmentBatchId,
    dues: &mut Vec<Due>,
) -> Result<(), Refusal> {
    let Insured { person, branches, base, part } = *insured;
    let before = dues.len();
    for branch in branches.iter() {
        let charge = rules
            .charge(branch, base)
            .or_else(|_| rules.charge(branch, rules.carried_base(branch, base)?));
        match charge {
            Ok(charge) => dues.push(Due {
                key: DueKey { person, month: rules.month(), branch, part },
                base: charge.base,
                amount: charge.amount,
                account: charge.account,
                batch,
                state: DueState::Open,
            }),
            Err(refusal) => {
                dues.truncate(before);
                return Err(refusal);
            }
        }
    }
    Ok(())
}

/// Takes the SHA-256 of a batch's dues, in order of person and branch. What never changes of a
/// due goes in; its state does not.
#[derive(Clone, Debug, Default)]
pub struct BatchHash(Sha256);

impl BatchHash {
    /// Adds one due.
    pub fn add(&mut self, due: &Due) {
        let mut bytes = [0_u8; 56];
        let numbers = [
            due.key.person.get(),
            due.key.month.yyyymm(),
            due.key.branch.code(),
            i64::from(due.key.part),
            due.base.fen(),
            due.amount.fen(),
            due.account.fen(),
        ];
        for (slot, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            slot.copy_from_slice(&number.to_be_bytes());
        }
        self.0.update(bytes);
    }

    /// The hash in hex.
    #[must_use]
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// The postings of a batch: per branch, receivable against the individual accounts' and the
/// pooled fund's income.
#[must_use]
pub fn batch_postings(dues: &[Due]) -> Vec<Posting> {
    let mut postings = Vec::new();
    for branch in policy::Branch::ALL {
        let of_branch = || dues.iter().filter(|due| due.key.branch == branch);
        let account: Fen = of_branch().map(|due| due.account).sum();
        let pooled: Fen = of_branch().map(|due| due.amount.saturating_sub(due.account)).sum();
        let debit = Account::Receivable(branch);
        for (credit, amount) in
            [(Account::Individual(branch), account), (Account::Pooled(branch), pooled)]
        {
            if !amount.is_zero() {
                postings.push(Posting { debit, credit, amount, due: None });
            }
        }
    }
    postings
}
