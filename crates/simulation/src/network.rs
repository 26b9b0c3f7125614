//! The way from a channel to us, on which messages are lost, repeated, late and out of order.

use std::collections::BTreeMap;

use insurance::payment::ChannelEvent;
use units::Date;

use crate::random::{PerMille, Random};

/// What goes wrong on the way, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    /// The message never comes; only the channel's statement tells.
    pub lost: PerMille,
    /// The message comes again on a later day.
    pub repeated: PerMille,
    /// The message comes up to [`Faults::LATE_DAYS_MAX`] days late.
    pub late: PerMille,
}

impl Faults {
    /// The latest a message comes, in days.
    pub const LATE_DAYS_MAX: i32 = 40;

    /// More of everything than a city would see.
    pub const ROUGH: Self =
        Self { lost: PerMille(30), repeated: PerMille(100), late: PerMille(100) };
}

/// Messages under way to us.
#[derive(Debug)]
pub struct Network {
    faults: Faults,
    under_way: BTreeMap<Date, Vec<ChannelEvent>>,
    /// What became of messages so far.
    pub counts: Counts,
}

/// What became of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sent by channels.
    pub sent: u64,
    /// Never arrived.
    pub lost: u64,
    /// Arrived more than once.
    pub repeated: u64,
    /// Arrived on a later day than sent.
    pub late: u64,
}

impl Network {
    /// A network without messages.
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, under_way: BTreeMap::new(), counts: Counts::default() }
    }

    /// A channel sends a message.
    pub fn send(&mut self, today: Date, event: ChannelEvent, random: &mut Random) {
        self.counts.sent += 1;
        if random.happens(self.faults.lost) {
            self.counts.lost += 1;
            return;
        }
        let late = random.happens(self.faults.late);
        self.counts.late += u64::from(late);
        let arrives_on = if late { later(today, random) } else { today };
        if random.happens(self.faults.repeated) {
            self.counts.repeated += 1;
            let again_on = later(arrives_on, random);
            self.under_way.entry(again_on).or_default().push(event.clone());
        }
        self.under_way.entry(arrives_on).or_default().push(event);
    }

    /// What arrives until the end of a day, in any order.
    pub fn arrivals(&mut self, today: Date, random: &mut Random) -> Vec<ChannelEvent> {
        let mut events = Vec::new();
        while let Some(entry) = self.under_way.first_entry().filter(|entry| *entry.key() <= today) {
            events.extend(entry.remove());
        }
        random.shuffle(&mut events);
        events
    }
}

fn later(day: Date, random: &mut Random) -> Date {
    day.plus_days(1 + random.days_below(Faults::LATE_DAYS_MAX))
        .expect("a run ends before the calendar does")
}

#[cfg(test)]
mod tests {
    use super::*;
    use insurance::payment::{ChannelKind, FailureReason, Target};

    fn event(number: usize) -> ChannelEvent {
        ChannelEvent::Failed {
            channel: ChannelKind::BankBatch,
            target: Target::Unknown,
            reason: FailureReason::Unspecified,
            raw: number.to_string(),
        }
    }

    #[test]
    fn every_message_arrives_as_often_as_the_counts_say() {
        let mut random = Random::from_seed(3);
        let mut network = Network::new(Faults::ROUGH);
        let today: Date = "2026-01-01".parse().unwrap();
        for number in 0..1000 {
            network.send(today, event(number), &mut random);
        }
        let after = |days| today.plus_days(days).unwrap();
        let at_once = network.arrivals(today, &mut random).len();
        let later = network.arrivals(after(100), &mut random).len();
        let Counts { sent, lost, repeated, late } = network.counts;
        assert_eq!(u64::try_from(at_once + later).unwrap(), sent - lost + repeated);
        assert!(lost > 0 && repeated > 0 && late > 0);
        assert!(network.arrivals(after(200), &mut random).is_empty());
    }
}
