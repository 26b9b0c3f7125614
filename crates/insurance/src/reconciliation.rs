//! 对账: our receipts of a channel's accounting day against its statement.

pub mod settlement;

use std::collections::BTreeMap;

use units::Fen;

/// One line of money, ours or the channel's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The channel's own number for the money.
    pub reference: String,
    /// How much.
    pub amount: Fen,
}

/// Where the two sides do not say the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// The channel has money that we never booked: it is booked, since the channel's money is the
    /// fact.
    OnlyTheirs(Line),
    /// We booked money that the channel does not have: it is asked again, then reversed.
    OnlyOurs(Line),
    /// Both have it with different amounts: somebody must decide.
    AmountDiffers {
        /// The channel's own number.
        reference: String,
        /// What we booked.
        ours: Fen,
        /// What the statement says.
        theirs: Fen,
    },
    /// The statement names one number twice.
    StatedTwice(Line),
}

/// What a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// On both sides with the same amount.
    pub matched: Vec<Line>,
    /// Everything else, in order of reference.
    pub differences: Vec<Difference>,
}

/// Pairs both sides by reference. The order of the lines does not matter, and comparing again
/// says the same.
#[must_use]
pub fn compare(ours: Vec<Line>, theirs: Vec<Line>) -> Comparison {
    let mut open: BTreeMap<String, Fen> =
        ours.into_iter().map(|line| (line.reference, line.amount)).collect();
    let mut seen: BTreeMap<String, Fen> = BTreeMap::new();
    let mut found = Comparison::default();
    for line in theirs {
        if seen.insert(line.reference.clone(), line.amount).is_some() {
            found.differences.push(Difference::StatedTwice(line));
            continue;
        }
        match open.remove(&line.reference) {
            Some(ours) if ours == line.amount => found.matched.push(line),
            Some(ours) => found.differences.push(Difference::AmountDiffers {
                reference: line.reference,
                ours,
                theirs: line.amount,
            }),
            None => found.differences.push(Difference::OnlyTheirs(line)),
        }
    }
    let only_ours = open.into_iter().map(|(reference, amount)| Line { reference, amount });
    found.differences.extend(only_ours.map(Difference::OnlyOurs));
    found.differences.sort();
    found.matched.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(of: &[(&str, i64)]) -> Vec<Line> {
        of.iter()
            .map(|(reference, fen)| Line {
                reference: (*reference).to_owned(),
                amount: Fen::new(*fen).unwrap(),
            })
            .collect()
    }

    #[test]
    fn each_kind_of_difference_is_found_once() {
        let ours = lines(&[("a", 100), ("b", 200), ("c", 300)]);
        let theirs = lines(&[("a", 100), ("b", 201), ("d", 400), ("d", 400)]);
        let found = compare(ours, theirs);
        assert_eq!(found.matched, lines(&[("a", 100)]));
        let amount = |fen| Fen::new(fen).unwrap();
        assert_eq!(
            found.differences,
            [
                Difference::OnlyTheirs(lines(&[("d", 400)])[0].clone()),
                Difference::OnlyOurs(lines(&[("c", 300)])[0].clone()),
                Difference::AmountDiffers {
                    reference: "b".to_owned(),
                    ours: amount(200),
                    theirs: amount(201)
                },
                Difference::StatedTwice(lines(&[("d", 400)])[0].clone()),
            ]
        );
    }

    proptest! {
        #[test]
        fn the_order_of_the_lines_does_not_matter(
            ours in prop::collection::btree_map("[a-e]", 1_i64..5, 0..5),
            mut theirs in prop::collection::vec(("[a-e]", 1_i64..3), 0..6),
        ) {
            theirs.sort();
            theirs.dedup_by(|a, b| a.0 == b.0);
            let to_lines = |pairs: &[(String, i64)]| -> Vec<Line> {
                pairs.iter().map(|(r, f)| Line { reference: r.clone(), amount: Fen::new(*f).unwrap() }).collect()
            };
            let ours: Vec<(String, i64)> = ours.into_iter().collect();
            let forward = compare(to_lines(&ours), to_lines(&theirs));
            theirs.reverse();
            let mut back = ours;
            back.reverse();
            prop_assert_eq!(forward, compare(to_lines(&back), to_lines(&theirs)));
        }
    }
}
