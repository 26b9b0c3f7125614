//! Who lives in the city, and how each of them deals with money.

use insurance::ids::PersonId;
use operations::enrol::EnrolmentForm;
use units::{Fen, Month};

use crate::random::{PerMille, Random};

/// How somebody pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Keeps enough money on the card for the bank to withhold.
    FullCard,
    /// Often has too little on the card, so that the bank gets some dues and not others.
    ShortCard,
    /// Pays everything owed by WeChat.
    Wechat,
    /// Pays everything owed in cash at the bank's counter.
    Counter,
    /// Pays at the counter what the bank withholds as well.
    Twice,
    /// Forgets for months, then pays everything at once.
    Careless,
    /// Sends sums that nobody asked for.
    Strange,
}

impl Habit {
    /// Every habit.
    pub const ALL: [Self; 7] = [
        Self::FullCard,
        Self::ShortCard,
        Self::Wechat,
        Self::Counter,
        Self::Twice,
        Self::Careless,
        Self::Strange,
    ];

    /// Whether the bank may withhold from a card.
    #[must_use]
    pub const fn has_mandate(self) -> bool {
        matches!(self, Self::FullCard | Self::ShortCard | Self::Twice)
    }
}

/// Somebody who lives in the city.
#[derive(Clone)]
pub struct Resident {
    /// Our number for them.
    pub person: PersonId,
    /// What they handed in when they joined last.
    pub form: EnrolmentForm,
    /// The last insured month of somebody who stopped.
    pub stopped_with: Option<Month>,
    /// How they pay.
    pub habit: Habit,
    /// What is on the card.
    pub card: Fen,
}

impl Resident {
    /// Fills the card before the bank withholds: usually with what is owed, in short supply with
    /// a part of it.
    pub fn fill_card(&mut self, owed: Fen, random: &mut Random) {
        let short = self.habit == Habit::ShortCard && random.happens(PerMille(600));
        self.card = if short {
            let end = u64::try_from(owed.fen()).expect("money is not negative").max(1);
            let part = i64::try_from(random.below(end)).expect("it is less than what is owed");
            Fen::new(part).expect("money is not negative")
        } else {
            owed
        };
    }
}
