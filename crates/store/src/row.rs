//! Values on their way out of a row.

use units::{Date, Fen, Month, Timestamp};

use crate::postgresql::{PgInt, PgText};
use crate::{Error, Id};

/// One row of an answer. Columns are counted from 0, in the order of the statement.
///
/// Every getter fails with [`Error::Corrupt`] when the column holds something else, is missing, or
/// is `NULL` where the getter's name does not begin with `opt_`.
pub struct Row<'a>(pub(crate) Kind<'a>);

pub(crate) enum Kind<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a postgres::Row),
}

impl Row<'_> {
    /// A whole number.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn int(&self, column: usize) -> Result<i64, Error> {
        present(self.opt_int(column)?, column, "a number")
    }

    /// A whole number or `NULL`.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, Error> {
        let corrupt = Error::Corrupt { column, expected: "a number" };
        match &self.0 {
            Kind::Sqlite(row) => {
                let value = row.get_ref(column).ok().and_then(|cell| cell.as_i64_or_null().ok());
                value.ok_or(corrupt)
            }
            Kind::Postgres(row) => match row.try_get::<_, Option<PgInt>>(column) {
                Ok(value) => Ok(value.map(|PgInt(number)| number)),
                Err(_) => Err(corrupt),
            },
        }
    }

    /// Yes or no: a comparison, `EXISTS`, or a column that holds 0 or 1.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn bool(&self, column: usize) -> Result<bool, Error> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Error::Corrupt { column, expected: "yes or no" }),
        }
    }

    /// A text, borrowed from the row.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn text(&self, column: usize) -> Result<&str, Error> {
        present(self.opt_text(column)?, column, "a text")
    }

    /// A text or `NULL`, borrowed from the row.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, Error> {
        let corrupt = Error::Corrupt { column, expected: "a text" };
        match &self.0 {
            Kind::Sqlite(row) => {
                let value = row.get_ref(column).ok().and_then(|cell| cell.as_str_or_null().ok());
                value.ok_or(corrupt)
            }
            Kind::Postgres(row) => match row.try_get::<_, Option<PgText<'_>>>(column) {
                Ok(value) => Ok(value.map(|PgText(text)| text)),
                Err(_) => Err(corrupt),
            },
        }
    }

    /// A text of its own.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn string(&self, column: usize) -> Result<String, Error> {
        self.text(column).map(str::to_owned)
    }

    /// A text of its own, or `NULL`.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn opt_string(&self, column: usize) -> Result<Option<String>, Error> {
        Ok(self.opt_text(column)?.map(str::to_owned))
    }

    /// Raw bytes.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn blob(&self, column: usize) -> Result<&[u8], Error> {
        let corrupt = Error::Corrupt { column, expected: "raw bytes" };
        match &self.0 {
            Kind::Sqlite(row) => {
                let value = row.get_ref(column).ok().and_then(|cell| cell.as_blob().ok());
                value.ok_or(corrupt)
            }
            Kind::Postgres(row) => row.try_get(column).map_err(|_| corrupt),
        }
    }

    /// Raw bytes, or `None` for no value.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn opt_blob(&self, column: usize) -> Result<Option<&[u8]>, Error> {
        let corrupt = Error::Corrupt { column, expected: "raw bytes" };
        match &self.0 {
            Kind::Sqlite(row) => {
                let value = row.get_ref(column).ok().and_then(|cell| cell.as_blob_or_null().ok());
                value.ok_or(corrupt)
            }
            Kind::Postgres(row) => row.try_get(column).map_err(|_| corrupt),
        }
    }

    /// An amount of money.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn fen(&self, column: usize) -> Result<Fen, Error> {
        Fen::new(self.int(column)?).map_err(|_| Error::Corrupt { column, expected: "an amount" })
    }

    /// An amount of money or `NULL`.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn opt_fen(&self, column: usize) -> Result<Option<Fen>, Error> {
        self.opt(column, "an amount", |number| Fen::new(number).ok())
    }

    /// A month, stored as yyyymm.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn month(&self, column: usize) -> Result<Month, Error> {
        present(self.opt_month(column)?, column, "a month")
    }

    /// A month or `NULL`.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn opt_month(&self, column: usize) -> Result<Option<Month>, Error> {
        self.opt(column, "a month", |number| Month::from_yyyymm(number).ok())
    }

    /// A civil day, stored as `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn date(&self, column: usize) -> Result<Date, Error> {
        present(self.opt_date(column)?, column, "a day")
    }

    /// A civil day or `NULL`.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn opt_date(&self, column: usize) -> Result<Option<Date>, Error> {
        let parse =
            |text: &str| text.parse().map_err(|_| Error::Corrupt { column, expected: "a day" });
        self.opt_text(column)?.map(parse).transpose()
    }

    /// A moment, stored as microseconds.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn timestamp(&self, column: usize) -> Result<Timestamp, Error> {
        present(self.opt_timestamp(column)?, column, "a moment")
    }

    /// A moment or `NULL`.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn opt_timestamp(&self, column: usize) -> Result<Option<Timestamp>, Error> {
        self.opt(column, "a moment", |number| Timestamp::from_micros(number).ok())
    }

    /// A typed identifier.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn id<I: Id>(&self, column: usize) -> Result<I, Error> {
        self.int(column).map(I::of_column)
    }

    /// A typed identifier or `NULL`.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn opt_id<I: Id>(&self, column: usize) -> Result<Option<I>, Error> {
        Ok(self.opt_int(column)?.map(I::of_column))
    }

    /// A code of a closed list, such as `Branch::from_code`.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when the list has no such code.
    pub fn code<T>(&self, column: usize, from_code: fn(i64) -> Option<T>) -> Result<T, Error> {
        from_code(self.int(column)?).ok_or(Error::Corrupt { column, expected: "a known code" })
    }

    fn opt<T>(
        &self,
        column: usize,
        expected: &'static str,
        read: impl FnOnce(i64) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(number) = self.opt_int(column)? else { return Ok(None) };
        read(number).map(Some).ok_or(Error::Corrupt { column, expected })
    }
}

fn present<T>(value: Option<T>, column: usize, expected: &'static str) -> Result<T, Error> {
    value.ok_or(Error::Corrupt { column, expected })
}
