//! How options are written: the same words as in packs and their cases.

use policy::Branch;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use units::Fen;

/// One of a list of words; the error names them.
pub(super) fn word<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    let deserializer: StrDeserializer<'_, Error> = text.into_deserializer();
    T::deserialize(deserializer).map_err(|error| error.to_string())
}

/// `pension=990.40`.
pub(super) fn due(written: &str) -> Result<(Branch, Fen), String> {
    let (branch, amount) = written.split_once('=').ok_or("write it as pension=990.40")?;
    Ok((word(branch)?, amount.parse().map_err(|error| format!("{amount}: {error}"))?))
}
