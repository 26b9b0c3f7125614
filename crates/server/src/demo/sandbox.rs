//! The side of WeChat and the counters in the demo: who pays what on which day, and each channel's
//! own journal, from which its statement of the day is written; and what is on whose card.

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

/// What a person does with their unpaid dues in the open windows; `line` is their line in the
/// file. Somebody in a hundred presses *Pay* twice: the second money goes to suspense.
#[must_use]
pub fn pays_in_window(line: u64, dues: &[Due], month: Month) -> Vec<ChannelEvent> {
    let Some(first) = dues.first() else { return Vec::new() };
    let sum: Fen = dues.iter().map(|due| due.amount).sum();
    let (channel, days) = match habit(line) {
        Habit::Wechat => (ChannelKind::Wechat, 23),
        Habit::Counter => (ChannelKind::Counter, 24),
        Habit::Bank | Habit::Forgets => return Vec::new(),
    };
    let day = u32::try_from(line % days).unwrap_or(0) + 2;
    let Some(on) = month.day(day) else { return Vec::new() };
    let pay = |attempt: u32| {
        ChannelEvent::Paid(Paid {
            channel,
            reference: format!("{}-{month}-{line}-{attempt}", channel.word()),
            amount: sum,
            paid_at: Timestamp::start_of(on).plus_seconds(10 * 3600),
            accounting_on: on,
            target: Target::Person(first.key.person),
        })
    };
    match channel {
        ChannelKind::Wechat if line % 100 == 1 => vec![pay(1), pay(2)],
        ChannelKind::Wechat | ChannelKind::Counter | ChannelKind::BankBatch => vec![pay(1)],
    }
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
