//! The clock of the edge: the only place that asks the system for the time.

use units::{Date, Timestamp};

/// Where the time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A moment that stands still; for sandbox databases and tests.
    Fixed(Timestamp),
}

impl Clock {
    /// The moment.
    ///
    /// # Panics
    /// When the system's clock stands before 1970 or after 9999.
    #[must_use]
    pub fn now(self) -> Timestamp {
        match self {
            Self::Fixed(moment) => moment,
            Self::System => {
                #[expect(clippy::disallowed_methods, reason = "the edge reads the clock here")]
                let now = std::time::SystemTime::now();
                let since = now
                    .duration_since(std::time::UNIX_EPOCH)
                    .expect("the system's clock stands after 1970");
                let micros = i64::try_from(since.as_micros()).expect("64 bits hold 292,000 years");
                Timestamp::from_micros(micros).expect("the system's clock stands before 9999")
            }
        }
    }

    /// Whether it stands still.
    #[must_use]
    pub const fn stands_still(self) -> bool {
        matches!(self, Self::Fixed(_))
    }

    /// The civil day in Asia/Shanghai.
    #[must_use]
    pub fn today(self) -> Date {
        self.now().date_in_shanghai()
    }
}
