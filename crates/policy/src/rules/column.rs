//! The bulk path over columns: bases in, amounts out, exact fen, nothing allocated.

use units::Fen;

use super::Rules;
use crate::branch::Branch;
use crate::refusal::Refusal;

/// Why a column can't be computed, and at which row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {row}: {refusal}")]
pub struct ColumnRefusal {
    /// The row, counted from 0.
    pub row: usize,
    /// Why.
    #[source]
    pub refusal: Refusal,
}

impl Rules {
    /// The charges of one branch for a column of chosen bases in fen, written to `amounts`.
    ///
    /// # Errors
    /// [`ColumnRefusal`] for the first row whose base is not allowed.
    ///
    /// # Panics
    /// When the columns differ in length.
    pub fn charge_column(
        &self,
        branch: Branch,
        bases: &[i64],
        amounts: &mut [i64],
    ) -> Result<(), ColumnRefusal> {
        assert_eq!(bases.len(), amounts.len(), "a column of bases has a column of amounts");
        let whole = |refusal| ColumnRefusal { row: 0, refusal };
        let rules = self.branch(branch).map_err(whole)?;
        let Some(row) = rules.kernel.fill(bases, amounts) else { return Ok(()) };
        let base = Fen::new(bases[row]).unwrap_or(Fen::ZERO);
        let refusal = self.charge(branch, base).expect_err("the kernel stopped at this base");
        Err(ColumnRefusal { row, refusal })
    }
}
