//! Bars that the server draws as SVG. Each stands beside a table with the same figures, and says
//! them itself to whoever does not see it.

use units::Fen;

/// The width that bars are drawn in, in SVG's own units.
const WIDTH: i128 = 320;
/// The height of a bar and of the room below it.
const BAR_HEIGHT: i32 = 18;
const STEP: i32 = 26;
const LABEL_WIDTH: i32 = 170;

/// One bar: a part of a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    /// What it is.
    pub(crate) label: String,
    /// The whole, drawn light.
    pub(crate) whole: Fen,
    /// The part, drawn dark.
    pub(crate) part: Fen,
    /// Its figures in words.
    pub(crate) words: String,
}

/// Some bars on one scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bars {
    /// What they show.
    pub(crate) title: String,
    bars: Vec<Bar>,
    largest: Fen,
}

impl Bars {
    /// Bars on the scale of the largest.
    pub(crate) fn new(title: &str, bars: Vec<Bar>) -> Self {
        let largest = bars.iter().map(|bar| bar.whole).max().unwrap_or(Fen::ZERO);
        Self { title: title.to_owned(), bars, largest }
    }

    /// Whether there is something to draw.
    pub(crate) fn is_empty(&self) -> bool {
        self.largest.is_zero()
    }

    /// The bars, each with where it begins from the top.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (i32, &Bar)> {
        self.bars.iter().zip(0..).map(|(bar, at)| (at * STEP, bar))
    }

    /// The height of the drawing.
    pub(crate) fn height(&self) -> i32 {
        i32::try_from(self.bars.len()).unwrap_or(0) * STEP
    }

    /// The width of the drawing.
    pub(crate) fn width(&self) -> i128 {
        WIDTH + i128::from(LABEL_WIDTH)
    }

    /// Where bars begin from the left.
    pub(crate) fn left(&self) -> i32 {
        LABEL_WIDTH
    }

    /// How high a bar is.
    pub(crate) fn bar_height(&self) -> i32 {
        BAR_HEIGHT
    }

    /// How long an amount is drawn; one fen of a non-zero amount is still seen.
    pub(crate) fn length(&self, amount: &Fen) -> i128 {
        let (amount, largest) = (i128::from(amount.fen()), i128::from(self.largest.fen()));
        if amount == 0 || largest == 0 { 0 } else { (amount * WIDTH / largest).max(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_share_one_scale_and_the_smallest_amount_is_still_seen() {
        let bar = |whole: i64, part: i64| Bar {
            label: "a".to_owned(),
            whole: Fen::new(whole).unwrap(),
            part: Fen::new(part).unwrap(),
            words: String::new(),
        };
        let bars = Bars::new("t", vec![bar(1_000_000, 1), bar(500_000, 0)]);
        assert_eq!(bars.length(&Fen::new(1_000_000).unwrap()), WIDTH);
        assert_eq!(bars.length(&Fen::new(500_000).unwrap()), WIDTH / 2);
        assert_eq!(bars.length(&Fen::new(1).unwrap()), 1);
        assert_eq!(bars.length(&Fen::ZERO), 0);
        assert!(Bars::new("t", vec![bar(0, 0)]).is_empty());
        assert_eq!(Bars::new("t", vec![bar(i64::MAX, 1)]).length(&Fen::MAX), WIDTH);
    }
}
