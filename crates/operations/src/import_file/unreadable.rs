//! Why a whole file is refused.

use policy::Text;

/// Why a file can't be imported at all; nothing is changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A column is missing.
    #[error("the file has no column {0} ({1}); its first line must name the columns")]
    ColumnMustBeThere(&'static str, &'static str),
    /// A column stands in the header twice.
    #[error("the column {0} ({1}) stands in the first line more than once; keep one")]
    ColumnMustStandOnce(&'static str, &'static str),
    /// Nothing stands in it.
    #[error("the file is empty; its first line must name the columns")]
    FileMustHaveLines,
    /// It is neither text nor a workbook.
    #[error("line {line} can't be read; save the file as CSV or XLSX and hand it in again")]
    FileMustBeReadable {
        /// The line; 0 where none is meant.
        line: u64,
    },
    /// It unpacks to too much, or has too many lines.
    #[error("the file is too large; divide it, or import it as CSV on the command line")]
    FileMustBeSmaller,
    /// An old format, or a password.
    #[error(
        "this is an old .xls workbook or one with a password; save it as .xlsx without a password"
    )]
    WorkbookMustBeXlsx,
    /// It can't be read.
    #[error("the file can't be read")]
    Input(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl ImportError {
    /// What the person at the desk reads.
    #[must_use]
    pub fn message(&self) -> Text {
        let english = self.to_string();
        let chinese = match self {
            Self::ColumnMustBeThere(_, title) => {
                format!("文件缺少“{title}”列。第一行必须是列名，可以下载模板对照。")
            }
            Self::ColumnMustStandOnce(_, title) => {
                format!("第一行有两个“{title}”列，请只保留一个。")
            }
            Self::FileMustHaveLines => "文件是空的，第一行必须是列名。".to_owned(),
            Self::FileMustBeReadable { line: 0 } => {
                "文件读不出来，请另存为CSV或XLSX后再上传。".to_owned()
            }
            Self::FileMustBeReadable { line } => {
                format!("文件从第{line}行起读不出来，请另存为CSV或XLSX后再上传。")
            }
            Self::FileMustBeSmaller => "文件太大，请拆分后再上传。".to_owned(),
            Self::WorkbookMustBeXlsx => {
                "这是旧版.xls工作簿或带密码的工作簿，请另存为不带密码的.xlsx再上传。".to_owned()
            }
            Self::Input(_) | Self::Store(_) => "系统暂时读不了这个文件，请稍后再试。".to_owned(),
        };
        Text::made(chinese, english)
    }
}
