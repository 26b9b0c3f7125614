//! The two languages of a walk, and what a page may hold of the other one.

/// Words in Chinese and in English.
pub(crate) type Words = (&'static str, &'static str);

/// Which language the pages of a walk speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tongue {
    Chinese,
    English,
}

/// Both, in their order.
pub(crate) const TONGUES: [Tongue; 2] = [Tongue::Chinese, Tongue::English];

/// What stands in either language as it is: names of people, streets and firms, what somebody typed,
/// titles of laws, and words that have no translation.
const NAMES: [&str; 32] = [
    "社保通",
    "中文",
    "English",
    "张三",
    "李四",
    "王五",
    "钱七",
    "*七",
    "孙八",
    "李一",
    "李二",
    "吴敏",
    "建设银行鼓楼支行",
    "工商银行",
    "建设银行苏州分行",
    "苏州市社会保险基金",
    "苏州",
    "Suzhou",
    "窗口（演示）",
    "复核（演示）",
    "财务（演示）",
    "稽核（演示）",
    "管理（演示）",
    "金陵制造",
    "sample-window",
    "sample-review",
    "sample-finance",
    "sample-audit",
    "sample-admin",
    "nanjing",
    "wu-min",
    "ccb",
];

impl Tongue {
    /// The end of a picture's name.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }
}

/// The lines of a page that are written in the other language.
pub(crate) fn stray_words(tongue: Tongue, lines: &[String]) -> Vec<String> {
    let strays = |line: &&String| {
        // Titles of documents have no English of their own.
        if line.contains('《') {
            return false;
        }
        let line = NAMES.iter().fold((*line).clone(), |line, name| line.replace(name, ""));
        match tongue {
            Tongue::English => {
                line.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
            }
            Tongue::Chinese => line
                .split_whitespace()
                .filter(|word| !word.chars().any(|letter| letter.is_ascii_digit()))
                .flat_map(|word| word.split(|letter: char| !letter.is_ascii_lowercase()))
                .any(|word| word.len() > 3),
        }
    };
    lines.iter().filter(strays).cloned().collect()
}
