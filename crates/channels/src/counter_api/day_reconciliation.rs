//! 对账: the bank's file of an accounting day against our own book of it. Pure: it says what
//! differs and what follows; the operation books it.

use std::collections::BTreeMap;

use units::Fen;

use super::bank_word::BankSerial;
use super::daily_file::{DailyKind, DailyLine};
use super::day_end::Finding;

/// A payment of the day in our book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPayment {
    /// The bank's serial.
    pub serial: BankSerial,
    /// How much.
    pub amount: Fen,
    /// Whether it stands or was taken back.
    pub standing: Standing,
}

/// Whether cash stayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It did.
    Stands,
    /// It was given back on the same accounting day.
    TakenBack,
}

/// One serial in both books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The payment's serial.
    pub serial: BankSerial,
    /// The bank's sum, where its file has the payment.
    pub bank: Option<Fen>,
    /// Our sum, where our book has the payment.
    pub ours: Option<Fen>,
    /// How they differ.
    pub finding: Finding,
}

#[derive(Default)]
struct Sides {
    bank: Option<(Fen, bool)>,
    ours: Option<(Fen, bool)>,
}

/// Compares a day, by serial, in the order of serials.
///
/// A payment that the bank reversed counts as cash that it does not have. The order of lines does
/// not matter, and comparing again after the findings were acted on finds only what has an owner.
#[must_use]
pub fn compare(bank: &[DailyLine], ours: &[OwnPayment]) -> Vec<Compared> {
    let mut serials: BTreeMap<&BankSerial, Sides> = BTreeMap::new();
    for line in bank {
        match &line.kind {
            DailyKind::Payment => {
                let side = &mut serials.entry(&line.serial).or_default().bank;
                let reversed = side.is_some_and(|(_, reversed)| reversed);
                *side = Some((line.amount, reversed));
            }
            DailyKind::Reversal(original) => {
                let side = &mut serials.entry(original).or_default().bank;
                let amount = side.map_or(line.amount, |(amount, _)| amount);
                *side = Some((amount, true));
            }
        }
    }
    for own in ours {
        let side = &mut serials.entry(&own.serial).or_default().ours;
        *side = Some((own.amount, own.standing == Standing::TakenBack));
    }
    serials.into_iter().map(|(serial, sides)| compared(serial, &sides)).collect()
}

fn compared(serial: &BankSerial, sides: &Sides) -> Compared {
    let finding = match (sides.bank, sides.ours) {
        (Some((bank, false)), Some((ours, false))) if bank == ours => Finding::Match,
        (Some((_, false)), Some((_, false))) => Finding::AmountDiffers,
        (Some((_, false)), Some((_, true))) => Finding::ReversedHereOnly,
        (Some((_, false)), None) => Finding::BankOnly,
        (Some((_, true)) | None, Some((_, false))) => Finding::OursOnly,
        (Some((_, true)) | None, Some((_, true)) | None) => Finding::Match,
    };
    Compared {
        serial: serial.clone(),
        bank: sides.bank.map(|(amount, _)| amount),
        ours: sides.ours.map(|(amount, _)| amount),
        finding,
    }
}

#[cfg(test)]
mod tests {
    use super::super::day_end::Action;
    use super::*;
    use proptest::prelude::*;

    fn serial(text: &str) -> BankSerial {
        BankSerial::parse(text).unwrap()
    }

    fn line(own: &str, amount: i64, kind: DailyKind) -> DailyLine {
        DailyLine { serial: serial(own), kind, amount: Fen::new(amount).unwrap(), customer: None }
    }

    fn own(text: &str, amount: i64, standing: Standing) -> OwnPayment {
        OwnPayment { serial: serial(text), amount: Fen::new(amount).unwrap(), standing }
    }

    #[test]
    fn each_pair_of_books_has_its_finding_and_action() {
        use Standing::{Stands, TakenBack};
        let paid = |amount| vec![line("A", amount, DailyKind::Payment)];
        let reversed = |amount| {
            let mut lines = vec![line("B", amount, DailyKind::Reversal(serial("A")))];
            lines.extend(paid(amount));
            lines
        };
        for (bank, ours, finding, action) in [
            (paid(100), vec![own("A", 100, Stands)], Finding::Match, Action::None),
            (paid(100), vec![own("A", 99, Stands)], Finding::AmountDiffers, Action::Owner),
            (paid(100), vec![own("A", 100, TakenBack)], Finding::ReversedHereOnly, Action::Owner),
            (paid(100), vec![], Finding::BankOnly, Action::Booked),
            (reversed(100), vec![own("A", 100, Stands)], Finding::OursOnly, Action::Reversed),
            (vec![], vec![own("A", 100, Stands)], Finding::OursOnly, Action::Reversed),
            (reversed(100), vec![own("A", 100, TakenBack)], Finding::Match, Action::None),
            (vec![], vec![own("A", 100, TakenBack)], Finding::Match, Action::None),
            (reversed(100), vec![], Finding::Match, Action::None),
        ] {
            let compared = compare(&bank, &ours);
            assert_eq!(compared.len(), 1);
            assert_eq!(compared[0].finding, finding, "{bank:?} {ours:?}");
            assert_eq!(finding.action(), action);
        }
    }

    /// What our book is after the findings were acted on.
    fn act(ours: &[OwnPayment], findings: &[Compared]) -> Vec<OwnPayment> {
        let mut book: BTreeMap<_, _> =
            ours.iter().map(|own| (own.serial.clone(), own.clone())).collect();
        for found in findings {
            match found.finding.action() {
                Action::Booked => {
                    let amount = found.bank.unwrap();
                    let booked = OwnPayment {
                        serial: found.serial.clone(),
                        amount,
                        standing: Standing::Stands,
                    };
                    book.insert(found.serial.clone(), booked);
                }
                Action::Reversed => {
                    book.get_mut(&found.serial).unwrap().standing = Standing::TakenBack;
                }
                Action::None | Action::Owner => {}
            }
        }
        book.into_values().collect()
    }

    proptest! {
        #[test]
        fn a_second_run_finds_only_what_has_an_owner(
            bank in prop::collection::vec((0_u8..12, 1_i64..4, any::<bool>()), 0..20),
            ours in prop::collection::btree_map(0_u8..12, (1_i64..4, any::<bool>()), 0..12),
        ) {
            let mut lines = Vec::new();
            let mut seen = std::collections::BTreeSet::new();
            for (number, amount, reversed) in bank {
                if seen.insert(number) {
                    lines.push(line(&format!("P{number}"), amount, DailyKind::Payment));
                    if reversed {
                        let original = serial(&format!("P{number}"));
                        lines.push(line(&format!("R{number}"), amount, DailyKind::Reversal(original)));
                    }
                }
            }
            let ours: Vec<_> = ours.into_iter().map(|(number, (amount, stands))| {
                let standing = if stands { Standing::Stands } else { Standing::TakenBack };
                own(&format!("P{number}"), amount, standing)
            }).collect();
            let first = compare(&lines, &ours);
            let book = act(&ours, &first);
            let second = compare(&lines, &book);
            let owned = |found: &[Compared]| -> Vec<Compared> {
                found.iter().filter(|c| c.finding.action() == Action::Owner).cloned().collect()
            };
            prop_assert_eq!(owned(&first), owned(&second));
            for found in &second {
                prop_assert!(matches!(found.finding.action(), Action::None | Action::Owner));
            }
            prop_assert_eq!(act(&book, &second), book);
            lines.reverse();
            prop_assert_eq!(compare(&lines, &ours), first);
        }
    }
}
