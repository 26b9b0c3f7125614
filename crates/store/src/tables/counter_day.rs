//! `counter_day`: accounting days of banks' counters that are closed.

use units::{Date, Timestamp};

use crate::{Error, Row, Tx};

/// How a day was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CounterDayState {
    /// The totals agreed.
    Balanced,
    /// The detail file was compared and acted on.
    Reconciled,
}

impl CounterDayState {
    const fn code(self) -> i64 {
        match self {
            Self::Balanced => 1,
            Self::Reconciled => 2,
        }
    }

    fn from_code(code: i64) -> Option<Self> {
        [Self::Balanced, Self::Reconciled].into_iter().find(|state| state.code() == code)
    }
}

/// A closed day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterDay {
    /// How it was closed.
    pub state: CounterDayState,
    /// SHA-256 of the detail file, in hexadecimal.
    pub file_sha256: Option<String>,
    /// The findings, as they were answered.
    pub answer: Option<Vec<u8>>,
}

/// A bank's day, when it is closed.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, bank: &str, accounting_on: Date) -> Result<Option<CounterDay>, Error> {
    tx.query_opt(
        "SELECT state, file_sha256, answer FROM counter_day WHERE bank = $1 AND accounting_on = $2",
        &[bank.into(), accounting_on.into()],
        read,
    )
}

/// Closes a day, or closes it again with a later file.
///
/// # Errors
/// [`Error`] of the database.
pub fn set(
    tx: &mut Tx<'_>,
    (bank, accounting_on): (&str, Date),
    day: &CounterDay,
    closed_at: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO counter_day (bank, accounting_on, state, file_sha256, answer, closed_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (bank, accounting_on) \
         DO UPDATE SET state = $3, file_sha256 = $4, answer = $5, closed_at = $6",
        &[
            bank.into(),
            accounting_on.into(),
            day.state.code().into(),
            day.file_sha256.as_deref().into(),
            day.answer.as_deref().into(),
            closed_at.into(),
        ],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<CounterDay, Error> {
    Ok(CounterDay {
        state: row.code(0, CounterDayState::from_code)?,
        file_sha256: row.opt_string(1)?,
        answer: row.opt_blob(2)?.map(<[u8]>::to_vec),
    })
}
