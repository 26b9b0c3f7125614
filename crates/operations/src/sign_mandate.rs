//! 委托: the consent to be debited: what it must hold, whether it is handed in with an enrolment or by
//! itself ([`crate::withholding::change_mandate`]).

use insurance::bank_card::BankCard;
use insurance::cause::Cause;
use insurance::ids::{MandateId, PersonId};
use policy::{NotEncoded, Text};
use store::Tx;
use store::tables::mandate::{self, Mandate};
use units::{Date, Timestamp};

use crate::city::City;

/// Why a mandate cannot be signed or ended like this.
#[derive(Debug, thiserror::Error)]
pub enum MandateRefusal {
    /// Nobody has the number.
    #[error("this person is not registered; register them first")]
    PersonMustBeRegistered,
    /// The bank does not withhold.
    #[error("{0:?} is no bank that withholds contributions here")]
    BankMustWithhold(String),
    /// No account number, or one that no file can carry.
    #[error("the account number must have 8 to 32 digits; check the card")]
    AccountMustBeANumber,
    /// No holder, or a name that no file can carry.
    #[error("the holder's name must have 1 to 60 letters, as at the bank")]
    HolderMustBeNamed,
    /// Signed tomorrow.
    #[error("the mandate must be signed today or earlier; today is {today}")]
    SignatureMustNotBeLater {
        /// Today.
        today: units::Date,
    },
    /// There is nothing to end.
    #[error("this person has no mandate to end")]
    MandateMustBeLive,
    /// The pack has no banks for the day.
    #[error(transparent)]
    NotEncoded(#[from] NotEncoded),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl MandateRefusal {
    /// What the person is told: what is in the way, and what to do.
    #[must_use]
    pub fn message(&self) -> Text {
        let made = |zh: &'static str| Text::made(zh, self.to_string());
        match self {
            Self::PersonMustBeRegistered => made("没有登记这个号码，请先办理参保登记。"),
            Self::BankMustWithhold(_) => Text::fixed(
                "本市不能由这家银行代扣，请换一家。",
                "This bank does not withhold here; choose another.",
            ),
            Self::AccountMustBeANumber => made("银行账号应为8至32位数字，请核对银行卡。"),
            Self::HolderMustBeNamed => made("户名应为1至60个字，与银行一致。"),
            Self::SignatureMustNotBeLater { .. } => made("委托签订日期不能晚于今天。"),
            Self::NotEncoded(missing) => missing.message(),
            Self::MandateMustBeLive => Text::fixed(
                "此人没有生效中的代扣委托，不用终止。",
                "This person has no mandate; there is nothing to end.",
            ),
            Self::Store(_) => Text::fixed(
                "系统暂时出了问题，没有保存任何内容，请稍后再试。",
                "Something went wrong on our side and nothing was saved; try again.",
            ),
        }
    }
}

/// Consent to be debited by a paying bank.
#[derive(Clone)]
pub struct MandateForm {
    /// The bank's code in the pack.
    pub bank: String,
    /// The account to debit.
    pub account_number: String,
    /// Its holder.
    pub holder: String,
    /// The day it was signed.
    pub signed_on: Date,
}

/// Whether a consent can be signed as it is, in the order in which a clerk meets the fields,
/// without looking at the database.
///
/// # Errors
/// [`MandateRefusal`].
pub fn check_mandate(
    city: &City,
    consent: &MandateForm,
    today: Date,
) -> Result<(), MandateRefusal> {
    let banks = &city.pack().topics().banks.on(today, today)?.value;
    if !banks.iter().any(|bank| bank.code == consent.bank && bank.withholds) {
        return Err(MandateRefusal::BankMustWithhold(consent.bank.clone()));
    }
    let account = consent.account_number.trim();
    if BankCard::parse(account).map_or(true, |card| card.as_str() != account) {
        return Err(MandateRefusal::AccountMustBeANumber);
    }
    let holder = consent.holder.trim();
    if !(1..=60).contains(&holder.chars().count()) || holder.chars().any(char::is_control) {
        return Err(MandateRefusal::HolderMustBeNamed);
    }
    if consent.signed_on > today {
        return Err(MandateRefusal::SignatureMustNotBeLater { today });
    }
    Ok(())
}

/// A checked mandate replaces the live one; the person is locked.
pub(crate) fn sign(
    tx: &mut Tx<'_>,
    city: &City,
    (person, consent): (PersonId, &MandateForm),
    cause: Cause,
    now: Timestamp,
) -> Result<MandateId, store::Error> {
    mandate::set_ended(tx, person, now.date_in_shanghai())?;
    let mandate = Mandate {
        person,
        id: city.fresh(now),
        bank: consent.bank.clone(),
        account_number: consent.account_number.trim().to_owned(),
        holder: consent.holder.trim().to_owned(),
        signed_on: consent.signed_on,
        ended_on: None,
        cause,
    };
    mandate::insert(tx, &mandate)?;
    Ok(mandate.id)
}
