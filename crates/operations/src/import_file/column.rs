//! The columns of the files that can be imported. A header may name a column by its word or by its
//! Chinese title, in any order.

use policy::Text;

/// Whether a column may be missing or empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Every line has it.
    Required,
    /// It may be missing or empty.
    Optional,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Words, months, amounts.
    Words,
    /// A number that names something. A spreadsheet that takes it for a quantity loses its last
    /// digits and its leading zeros.
    Digits,
}

/// A column of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Its word.
    pub word: &'static str,
    /// Its Chinese title.
    pub title: &'static str,
    /// Whether it may be missing.
    pub need: Need,
    /// What stands in it.
    pub shape: Shape,
    /// What to write into it.
    pub hint: Text,
    /// What an invented person's line has there.
    pub example: &'static str,
}

impl Column {
    /// Whether a header's cell names this column.
    pub(super) fn is_named(&self, cell: &str) -> bool {
        cell == self.title || cell.eq_ignore_ascii_case(self.word)
    }
}
