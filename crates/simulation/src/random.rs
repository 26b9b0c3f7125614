//! Chance that can be repeated: everything random follows from one seed.

/// A stream of random numbers (SplitMix64). The same seed gives the same stream for ever, on
/// every machine, so that a run that found a defect can be run again.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

/// How often something happens, in cases of a thousand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PerMille(pub u64);

impl Random {
    /// The stream of a seed.
    #[must_use]
    pub const fn from_seed(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `end`. For the few hundred values that are asked for
    /// here, the remainder is even enough.
    ///
    /// # Panics
    /// When `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    /// A number of days from 0 up to, not including, `end`.
    ///
    /// # Panics
    /// When `end` is not positive.
    pub fn days_below(&mut self, end: i32) -> i32 {
        let end = u64::try_from(end).expect("there is a number below it");
        i32::try_from(self.below(end)).expect("it is below a 32-bit number")
    }

    /// Whether something happens that happens so often.
    pub fn happens(&mut self, how_often: PerMille) -> bool {
        self.below(1000) < how_often.0
    }

    /// One of several.
    ///
    /// # Panics
    /// When there is none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let count = u64::try_from(choices.len()).expect("a slice's length fits 64 bits");
        let at = usize::try_from(self.below(count)).expect("it is below a slice's length");
        &choices[at]
    }

    /// Brings things into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let count = u64::try_from(last + 1).expect("a slice's length fits 64 bits");
            let other = usize::try_from(self.below(count)).expect("it is below a slice's length");
            things.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_stream_on_every_machine() {
        let mut random = Random::from_seed(1234567);
        // The first numbers of the published reference implementation for this seed.
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn chances_come_about_as_often_as_they_say() {
        let mut random = Random::from_seed(7);
        let hits = (0..100_000).filter(|_| random.happens(PerMille(30))).count();
        assert!((2_700..3_300).contains(&hits), "{hits} of 100,000 at 3 %");
    }

    #[test]
    fn a_shuffle_loses_nothing() {
        let mut things: Vec<u32> = (0..100).collect();
        Random::from_seed(1).shuffle(&mut things);
        assert_ne!(things, (0..100).collect::<Vec<_>>());
        things.sort_unstable();
        assert_eq!(things, (0..100).collect::<Vec<_>>());
    }
}
