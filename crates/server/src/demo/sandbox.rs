//! The side of the people and of WeChat in the demo: who pays what on which day, WeChat's own journal,
//! from which its statement of the day is written; and what is on whose card.

use std::collections::BTreeMap;

use insurance::due::Due;
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use insurance::person::Person;
use insurance::reconciliation::Line;
use units::{Date, Fen, Month, Timestamp};

use super::people::{Habit, habit};

/// What every channel wrote down of its own days.
#[derive(Debug, Default)]
pub struct Journal {
    days: BTreeMap<(ChannelKind, Date), Vec<Line>>,
}

impl Journal {
    /// Notes money on the channel's own books, once per reference.
    pub fn note(&mut self, event: &ChannelEvent) {
        if let ChannelEvent::Paid(paid) = event {
            let day = self.days.entry((paid.channel, paid.accounting_on)).or_default();
            day.push(Line { reference: paid.reference.clone(), amount: paid.amount });
        }
    }

    /// The days on which a channel took money, with their lines.
    pub fn into_days(self) -> impl Iterator<Item = ((ChannelKind, Date), Vec<Line>)> {
        self.days.into_iter()
    }
}

/// What a person pays by WeChat in its window; `line` is their line in the file. Somebody in a
/// hundred presses *Pay* twice: the second money goes to suspense.
#[must_use]
pub fn pays_by_wechat(line: u64, dues: &[Due], month: Month) -> Vec<ChannelEvent> {
    let (Some(first), Habit::Wechat) = (dues.first(), habit(line)) else { return Vec::new() };
    let Some(on) = day_of(line, 23, month) else { return Vec::new() };
    let pay = |attempt: u32| {
        ChannelEvent::Paid(Paid {
            channel: ChannelKind::Wechat,
            reference: format!("wechat-{month}-{line}-{attempt}"),
            amount: dues.iter().map(|due| due.amount).sum(),
            paid_at: Timestamp::start_of(on).plus_seconds(10 * 3600),
            accounting_on: on,
            target: Target::Person(first.key.person),
        })
    };
    if line % 100 == 1 { vec![pay(1), pay(2)] } else { vec![pay(1)] }
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
