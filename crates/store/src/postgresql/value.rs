//! Values in PostgreSQL's binary form.

use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::Value;
use crate::value::DateText;

type Boxed = Box<dyn std::error::Error + Sync + Send>;

/// A whole number, whatever width the expression has; `BOOLEAN` reads as 0 and 1, as on SQLite.
pub(crate) struct PgInt(pub(crate) i64);

/// A text of any text type.
pub(crate) struct PgText<'a>(pub(crate) &'a str);

impl<'a> FromSql<'a> for PgInt {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Boxed> {
        Ok(Self(match *kind {
            Type::INT8 => i64::from_sql(kind, raw)?,
            Type::INT4 => i32::from_sql(kind, raw)?.into(),
            Type::INT2 => i16::from_sql(kind, raw)?.into(),
            _ => bool::from_sql(kind, raw)?.into(),
        }))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL)
    }
}

impl<'a> FromSql<'a> for PgText<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Boxed> {
        <&str>::from_sql(kind, raw).map(Self)
    }

    fn accepts(kind: &Type) -> bool {
        <&str as FromSql<'_>>::accepts(kind)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) => match *kind {
                Type::INT8 => number.to_sql(kind, out),
                Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
                Type::INT2 => i16::try_from(*number)?.to_sql(kind, out),
                _ => Err(mismatch("a number", kind)),
            },
            Value::Text(text) if <&str as ToSql>::accepts(kind) => text.to_sql(kind, out),
            Value::Date(date) if <&str as ToSql>::accepts(kind) => {
                DateText::of(*date).as_str().to_sql(kind, out)
            }
            Value::Blob(bytes) if *kind == Type::BYTEA => bytes.to_sql(kind, out),
            Value::Text(_) => Err(mismatch("a text", kind)),
            Value::Date(_) => Err(mismatch("a day", kind)),
            Value::Blob(_) => Err(mismatch("raw bytes", kind)),
        }
    }

    /// Everything, because only the value knows what it is; `to_sql` refuses what does not fit.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The type that a parameter is declared with. The server finds out that of a `NULL`, and that of
/// raw bytes, which it would else turn into a text where a text belongs.
pub(super) fn type_of(value: &Value<'_>) -> Type {
    match value {
        Value::Null | Value::Blob(_) => Type::UNKNOWN,
        Value::Int(_) => Type::INT8,
        Value::Text(_) | Value::Date(_) => Type::TEXT,
    }
}

fn mismatch(given: &str, wanted: &Type) -> Boxed {
    format!("{given} was given where the statement wants {wanted}").into()
}
