//! The side of the people in the demo: who pays on which day by which channel, and what is on whose
//! card.

use insurance::due::Due;
use insurance::person::Person;
use units::{Date, Fen, Month};

use super::people::{Habit, habit};

/// The day on which a person pays by WeChat, for those who do.
#[must_use]
pub fn pays_by_wechat(line: u64, month: Month) -> Option<Date> {
    matches!(habit(line), Habit::Wechat).then(|| day_of(line, 23, month)).flatten()
}

/// The day on which a person brings cash to a bank, for those who do.
#[must_use]
pub fn goes_to_counter(line: u64, month: Month) -> Option<Date> {
    matches!(habit(line), Habit::Counter).then(|| day_of(line, 24, month)).flatten()
}

/// One of some days from the 2nd on, the same for a line at every run.
fn day_of(line: u64, days: u64, month: Month) -> Option<Date> {
    month.day(u32::try_from(line % days).unwrap_or(0) + 2)
}

/// What is on a person's card on the 26th: enough for nine in ten; the others stand on every edge
/// of the order of withholding, from the exact sum down to nothing.
#[must_use]
pub fn balance(line: u64, dues: &[Due]) -> Fen {
    let sum = |count: usize| -> Fen { dues.iter().take(count).map(|due| due.amount).sum() };
    let one_less = |amount: Fen| Fen::new(amount.fen() - 1).unwrap_or(Fen::ZERO);
    if !line.is_multiple_of(10) {
        return sum(dues.len()) + Fen::from_yuan(100);
    }
    match line / 10 % 8 {
        0 => sum(3),
        1 => one_less(sum(3)),
        2 => sum(2),
        3 => one_less(sum(2)),
        4 => sum(1) + Fen::from_yuan(105),
        5 => sum(1),
        6 => one_less(sum(1)),
        _ => Fen::ZERO,
    }
}

/// A person's line in the office's file: the number on their card says.
#[must_use]
pub fn line_of(person: &Person) -> u64 {
    let card = person.card.as_ref().and_then(|card| card.as_str().get(1..));
    card.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
