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

// What several kinds of files have.

/// Whose line it is.
pub(super) const IDENTITY_NUMBER: Column = Column {
    word: "identity_number",
    title: "社会保障号码",
    need: Need::Required,
    shape: Shape::Digits,
    hint: Text::fixed("18位身份证号，文本格式", "18 characters, formatted as text"),
    example: "320102199001010010",
};

/// Their name.
pub(super) const NAME: Column = Column {
    word: "name",
    title: "姓名",
    need: Need::Required,
    shape: Shape::Words,
    hint: Text::fixed("与身份证一致", "as on the identity card"),
    example: "张三",
};

/// What is insured.
pub(super) const BRANCHES: Column = Column {
    word: "branches",
    title: "险种",
    need: Need::Required,
    shape: Shape::Words,
    hint: Text::fixed("养老+医疗+失业", "pension+medical+unemployment"),
    example: "养老+医疗+失业",
};

/// 缴费基数.
pub(super) const BASE: Column = Column {
    word: "base",
    title: "缴费基数",
    need: Need::Required,
    shape: Shape::Words,
    hint: Text::fixed("单位为元", "in yuan"),
    example: "4952",
};

/// Whose account a mandate is for.
pub(super) const HOLDER: Column = Column {
    word: "holder",
    title: "户名",
    need: Need::Optional,
    shape: Shape::Words,
    hint: Text::fixed("不填即本人", "empty for the person"),
    example: "张三",
};

/// When a mandate was signed.
pub(super) const SIGNED_ON: Column = Column {
    word: "signed_on",
    title: "委托签订日期",
    need: Need::Optional,
    shape: Shape::Words,
    hint: Text::fixed("如2026-11-04，不填即今天", "like 2026-11-04; empty for today"),
    example: "2026-11-04",
};
