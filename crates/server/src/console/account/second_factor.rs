//! 第二因素: the secret of a clerk's codes. Whoever has it can show that clerk's codes, so it is sealed in
//! the database ([`crate::vault`]), under the clerk's number.

use insurance::ids::ClerkId;
use store::Tx;
use store::tables::clerk_account;

use crate::vault::{Vault, VaultError, is_sealed};

/// What the database keeps of a secret.
///
/// # Errors
/// [`VaultError`].
pub(crate) fn sealed(vault: &Vault, clerk: ClerkId, secret: &str) -> Result<String, VaultError> {
    vault.seal(&name_of(clerk), secret)
}

/// The secret that the database keeps.
///
/// # Errors
/// [`VaultError`].
pub(crate) fn opened(vault: &Vault, clerk: ClerkId, kept: &str) -> Result<String, VaultError> {
    vault.open_sealed(&name_of(clerk), kept)
}

/// A secret that was kept before secrets were sealed, as it is to be kept; `None` for one that is sealed,
/// and for an account that has none.
///
/// # Errors
/// [`VaultError`].
pub(super) fn sealed_late(
    vault: &Vault,
    clerk: ClerkId,
    kept: &str,
) -> Result<Option<String>, VaultError> {
    if kept.is_empty() || is_sealed(kept) {
        return Ok(None);
    }
    sealed(vault, clerk, kept).map(Some)
}

/// Seals every clerk's secret anew, with the key that seals now.
///
/// # Errors
/// A secret that can't be opened; then nothing is changed.
pub(crate) fn reseal(tx: &mut Tx<'_>, vault: &Vault) -> anyhow::Result<()> {
    for (clerk, kept) in clerk_account::list_second_factors(tx)? {
        let fresh = sealed(vault, clerk, &opened(vault, clerk, &kept)?)?;
        clerk_account::replace_second_factor(tx, clerk, (&kept, &fresh))?;
    }
    Ok(())
}

fn name_of(clerk: ClerkId) -> String {
    format!("second factor {clerk}")
}
