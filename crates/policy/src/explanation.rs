//! Why an amount is what it is: steps, values, citations.

use serde::Serialize;
use units::{ExactFen, Fen};

use crate::citation::Citation;
use crate::text::Text;

/// The explanation of one computed result. Lines of zero are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What was computed.
    pub title: Text,
    /// The steps, in the order of computing.
    pub steps: Vec<Step>,
    /// The result in fen, where it is money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Fen>,
    /// The policy pack, by name and version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pack: Option<PackVersion>,
}

/// Which pack a result was computed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackVersion {
    /// The pack's name.
    pub name: String,
    /// The hash of its content.
    pub version: String,
}

/// One step of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What the step is.
    pub label: Text,
    /// How it was computed, such as `4952.00 × 20% = 990.40`: figures, or words in each language.
    pub formula: Text,
    /// The value before rounding, in yuan with every decimal, where rounding changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<String>,
    /// The value in fen, where it is money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Fen>,
    /// The law behind the step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<Citation>,
}

impl Step {
    /// A step with words and a formula.
    #[must_use]
    pub fn new(label: Text, formula: impl Into<Text>) -> Self {
        Self { label, formula: formula.into(), exact: None, amount: None, citation: None }
    }

    /// The step with its money.
    #[must_use]
    pub fn amount(self, amount: Fen) -> Self {
        Self { amount: Some(amount), ..self }
    }

    /// The step with its money before and after rounding.
    #[must_use]
    pub fn rounded(self, exact: ExactFen, amount: Fen) -> Self {
        let exact = (exact != ExactFen::of(amount)).then(|| exact.to_string());
        Self { exact, amount: Some(amount), ..self }
    }

    /// The step with the law behind it.
    #[must_use]
    pub fn cited(self, citation: Citation) -> Self {
        Self { citation: Some(citation), ..self }
    }
}

impl Explanation {
    /// The explanation as lines in each language: its title, a line a step, and below each step the
    /// law behind it.
    #[must_use]
    pub fn in_words(&self) -> Text {
        Text::made(self.lines(|text| &text.zh), self.lines(|text| &text.en))
    }

    fn lines(&self, read: impl Fn(&Text) -> &str) -> String {
        let mut lines = vec![read(&self.title).to_owned()];
        for (number, step) in (1..).zip(&self.steps) {
            lines.push(format!("{number}. {}: {}", read(&step.label), read(&step.formula)));
            lines.extend(step.citation.iter().map(|citation| read(&citation.line()).to_owned()));
        }
        lines.extend(self.amount.map(|amount| format!("= {amount}")));
        lines.extend(self.pack.iter().map(|pack| {
            format!("{} {}", pack.name, pack.version.get(..12).unwrap_or(&pack.version))
        }));
        lines.join("\n")
    }
}

/// The explanation as lines of text: Chinese with English beside it.
impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.title)?;
        for (number, step) in self.steps.iter().enumerate() {
            writeln!(f, "{:>3}. {}: {}", number + 1, step.label, step.formula)?;
            if let Some(citation) = &step.citation {
                writeln!(
                    f,
                    "     {}  [{}] {}",
                    citation.line().zh,
                    citation.confidence.letter(),
                    citation.place
                )?;
                if !citation.quote.is_empty() {
                    writeln!(f, "     “{}”", citation.quote)?;
                }
            }
        }
        if let Some(amount) = self.amount {
            writeln!(f, "  = {amount}")?;
        }
        match &self.pack {
            Some(pack) => writeln!(f, "    {} {}", pack.name, pack.version),
            None => Ok(()),
        }
    }
}
