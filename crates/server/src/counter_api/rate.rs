//! How often a bank may call: a bucket for each bank that fills with time.

use std::collections::HashMap;
use std::sync::Mutex;

use units::Timestamp;

/// One bank's bucket, in millionths of a call.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    held: i64,
    filled_at: Timestamp,
}

/// The buckets of all banks.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<String, Bucket>>);

const ONE_CALL: i64 = 1_000_000;

impl Rates {
    /// Takes a call out of a bank's bucket, which fills with so many calls a second and holds twice
    /// as many; `false` when it is empty.
    ///
    /// # Panics
    /// Never: no holder of the lock panics.
    pub fn take(&self, bank: &str, per_second: u32, now: Timestamp) -> bool {
        let per_second = i64::from(per_second.max(1));
        let full = 2 * per_second * ONE_CALL;
        let mut buckets = self.0.lock().expect("no holder of the lock panics");
        let bucket =
            buckets.entry(bank.to_owned()).or_insert(Bucket { held: full, filled_at: now });
        let passed = now.micros().saturating_sub(bucket.filled_at.micros()).max(0);
        let held = passed.saturating_mul(per_second).saturating_add(bucket.held).min(full);
        let enough = held >= ONE_CALL;
        if enough {
            // An empty bucket keeps its time: who was given a higher rate meanwhile has filled it.
            *bucket = Bucket { held: held - ONE_CALL, filled_at: now };
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_may_burst_and_then_goes_on_at_its_rate() {
        let rates = Rates::default();
        let start: Timestamp = "2026-11-24T10:00:00+08:00".parse().unwrap();
        let taken = |now, tries| (0..tries).filter(|_| rates.take("ccb", 10, now)).count();
        assert_eq!(taken(start, 100), 20);
        assert!(rates.take("icbc", 10, start), "each bank has its own");
        assert_eq!(taken(start.plus_seconds(1), 100), 10);
        assert_eq!(taken(start.plus_seconds(3600), 100), 20);
        assert_eq!(taken(start, 100), 0, "a clock that goes back gives nothing");
        let later = start.plus_seconds(3601);
        assert_eq!(taken(later, 100), 10);
        let soon = Timestamp::from_micros(later.micros() + 50_000).unwrap();
        assert!(!rates.take("ccb", 10, soon));
        assert!(rates.take("ccb", 1_000, soon), "a higher rate counts at once");
    }
}
