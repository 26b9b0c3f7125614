//! What really happened to money, whatever we were told of it: the channels' own books.

use std::collections::BTreeMap;

use insurance::payment::{ChannelEvent, ChannelKind, DueKey, Paid, Target};
use units::{Date, Fen, Timestamp};

/// Money that a channel took from somebody for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// What the channel tells us of it.
    pub paid: Paid,
    /// The day and number under which the channel gave it back, if it did.
    pub returned: Option<(Date, String)>,
}

/// The books of all channels.
#[derive(Debug, Default)]
pub struct Outside {
    movements: BTreeMap<(ChannelKind, String), Movement>,
    numbers: u64,
}

impl Outside {
    /// A channel takes money; the answer is what it will tell us.
    pub fn pay(
        &mut self,
        channel: ChannelKind,
        target: Target,
        amount: Fen,
        paid_at: Timestamp,
    ) -> ChannelEvent {
        let reference = self.number("P");
        let accounting_on = paid_at.date_in_shanghai();
        let paid = Paid { channel, reference, amount, paid_at, accounting_on, target };
        let key = (channel, paid.reference.clone());
        self.movements.insert(key, Movement { paid: paid.clone(), returned: None });
        ChannelEvent::Paid(paid)
    }

    /// A channel gives money back that it took; the answer is what it will tell us.
    ///
    /// # Panics
    /// When it never took the money or gave it back before.
    pub fn give_back(&mut self, channel: ChannelKind, reference: &str, on: Date) -> ChannelEvent {
        let return_reference = self.number("R");
        let key = (channel, reference.to_owned());
        let movement = self.movements.get_mut(&key).expect("the channel took the money");
        assert!(movement.returned.is_none(), "money is given back once");
        movement.returned = Some((on, return_reference));
        return_of(movement).expect("it was given back above")
    }

    /// Everything that channels took, in the order of channel and number.
    pub fn movements(&self) -> impl Iterator<Item = &Movement> {
        self.movements.values()
    }

    /// What a channel took on one of its days, in the order of its numbers: its statement.
    pub fn taken_on(&self, channel: ChannelKind, day: Date) -> Vec<&Movement> {
        let of_day = |m: &&Movement| m.paid.channel == channel && m.paid.accounting_on == day;
        self.movements().filter(of_day).collect()
    }

    /// What a channel gave back on one of its days.
    pub fn given_back_on(&self, channel: ChannelKind, day: Date) -> Vec<&Movement> {
        let on_day = |m: &Movement| m.returned.as_ref().is_some_and(|(on, _)| *on == day);
        self.movements().filter(|m| m.paid.channel == channel && on_day(m)).collect()
    }

    /// Whether a channel took money for a due and kept it.
    #[must_use]
    pub fn holds(&self, due: &DueKey) -> bool {
        let for_due = |m: &Movement| m.paid.target == Target::Due(*due);
        self.movements().any(|m| m.returned.is_none() && for_due(m))
    }

    /// What a channel answers when it is asked about one of its numbers: all that happened.
    ///
    /// # Panics
    /// When it never took the money.
    #[must_use]
    pub fn tell_again(&self, channel: ChannelKind, reference: &str) -> Vec<ChannelEvent> {
        let movement = self.movements.get(&(channel, reference.to_owned()));
        let movement = movement.expect("the channel took the money");
        let paid = ChannelEvent::Paid(movement.paid.clone());
        [paid].into_iter().chain(return_of(movement)).collect()
    }

    /// How much all channels hold for us: taken and not given back.
    #[must_use]
    pub fn held(&self) -> Fen {
        self.movements().filter(|m| m.returned.is_none()).map(|m| m.paid.amount).sum()
    }

    fn number(&mut self, kind: &str) -> String {
        self.numbers += 1;
        format!("{kind}{:09}", self.numbers)
    }
}

fn return_of(movement: &Movement) -> Option<ChannelEvent> {
    let (accounting_on, return_reference) = movement.returned.clone()?;
    Some(ChannelEvent::Returned {
        channel: movement.paid.channel,
        reference: movement.paid.reference.clone(),
        return_reference,
        amount: movement.paid.amount,
        accounting_on,
        raw: "returned".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_lists_what_was_taken_that_day_even_when_it_was_given_back_later() {
        let mut outside = Outside::default();
        let day: Date = "2026-05-08".parse().unwrap();
        let moment = Timestamp::start_of(day).plus_seconds(36_000);
        let yuan = |yuan| Fen::from_yuan(yuan);
        outside.pay(ChannelKind::Wechat, Target::Unknown, yuan(10), moment);
        outside.pay(ChannelKind::Counter, Target::Unknown, yuan(20), moment);
        let event = outside.give_back(ChannelKind::Wechat, "P000000001", day.next());
        assert!(matches!(event, ChannelEvent::Returned { amount, .. } if amount == yuan(10)));
        assert_eq!(outside.taken_on(ChannelKind::Wechat, day).len(), 1);
        assert_eq!(outside.given_back_on(ChannelKind::Wechat, day.next()).len(), 1);
        assert_eq!(outside.held(), yuan(20));
    }
}
