//! What was handed in: the form of each kind of case, as it is stored with every change of it.

use policy::collection::SurrenderReason;
use policy::{Branch, Text};
use serde::{Deserialize, Serialize};
use units::{Date, Fen, Month};

use super::kind::CaseKind;
use super::share::HEIRS_MAX;
use crate::bank_card::BankCard;
use crate::ids::{PersonId, ReceiptId};

/// Whoever is paid: holder, bank and account. Its `Debug` hides all of them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// The account's holder.
    pub holder: String,
    /// The bank's name, as the payment order carries it.
    pub bank: String,
    /// The account's number, checked by [`Payee::new`].
    pub account: String,
}

impl std::fmt::Debug for Payee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Payee(hidden)")
    }
}

/// Why somebody can't be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayeeRefusal {
    /// The holder has no name, or one that no bank has.
    #[error("the account's holder must be named")]
    HolderMustBeNamed,
    /// The bank has no name.
    #[error("the bank must be named")]
    BankMustBeNamed,
    /// The account is no number.
    #[error("a bank card or account number has 8 to 32 digits")]
    AccountMustBeANumber,
}

impl PayeeRefusal {
    /// The sentence for the clerk, with the next step.
    #[must_use]
    pub const fn message(self) -> Text {
        match self {
            Self::HolderMustBeNamed => Text::fixed(
                "请填写收款人姓名（2至60个字）。",
                "Enter the name of the account's holder.",
            ),
            Self::BankMustBeNamed => Text::fixed("请填写开户银行。", "Enter the name of the bank."),
            Self::AccountMustBeANumber => Text::fixed(
                "银行卡号或账号应为8至32位数字，请核对后重新填写。",
                "A bank card or account number has 8 to 32 digits; check it and enter it again.",
            ),
        }
    }
}

impl Payee {
    /// A payee as typed.
    ///
    /// # Errors
    /// [`PayeeRefusal`].
    pub fn new(holder: &str, bank: &str, account: &str) -> Result<Self, PayeeRefusal> {
        let is_name = |text: &str| {
            (2..=60).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        };
        let (holder, bank) = (holder.trim(), bank.trim());
        if !is_name(holder) {
            return Err(PayeeRefusal::HolderMustBeNamed);
        }
        if !is_name(bank) {
            return Err(PayeeRefusal::BankMustBeNamed);
        }
        let account = BankCard::parse(account).map_err(|_| PayeeRefusal::AccountMustBeANumber)?;
        let account = account.as_str().to_owned();
        Ok(Self { holder: holder.to_owned(), bank: bank.to_owned(), account })
    }

    /// The account with all but its last four digits hidden.
    #[must_use]
    pub fn masked_account(&self) -> String {
        BankCard::parse(&self.account).map_or_else(|_| "****".to_owned(), |card| card.masked())
    }
}

/// What the person wants to become of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountWish {
    /// 终止关系，一次性支付.
    EndAndPay,
    /// 保留账户.
    Keep,
}

/// What becomes of money in suspense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspenseWish {
    /// Whole unpaid dues are paid, in the pack's order; what is left goes back.
    Apply,
    /// All of it goes back.
    SendBack,
}

/// One heir.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heir {
    /// Their part, as a weight: 1 and 1 are two halves.
    pub share: u32,
    /// Where they are paid.
    pub payee: Payee,
}

/// Months of insurance elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first month.
    pub from: Month,
    /// The last month.
    pub until: Month,
}

/// The form of a case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CaseForm {
    /// 退保.
    Surrender {
        /// Why.
        reason: SurrenderReason,
        /// What the person wants, once told of the right to keep the account.
        wish: AccountWish,
        /// The day on which the person confirmed in writing to know the consequences.
        informed_on: Date,
        /// Where the money goes, where it goes.
        payee: Option<Payee>,
    },
    /// 死亡.
    Death {
        /// The day of death.
        died_on: Date,
        /// The province's urban disposable income a head and month of the year before.
        monthly_income: Fen,
        /// Who inherits the account.
        heirs: Vec<Heir>,
        /// Who gets the survivors' grants.
        grants_to: Payee,
    },
    /// 转入.
    TransferIn {
        /// Which branch.
        branch: Branch,
        /// The other city.
        city: String,
        /// The months insured there.
        months: Vec<Span>,
        /// What came of the individual account.
        account: Fen,
        /// What came of the pooled fund.
        pooled: Fen,
        /// The day on which the money stood on the fund's account.
        arrived_on: Date,
        /// The bank's number of that booking.
        reference: String,
    },
    /// 转出.
    TransferOut {
        /// Which branch.
        branch: Branch,
        /// The other city.
        city: String,
        /// The other city's fund.
        payee: Payee,
    },
    /// 挂账处理.
    Suspense {
        /// The row of suspense.
        suspense: i64,
        /// What becomes of it.
        wish: SuspenseWish,
        /// Where what goes back goes to.
        payee: Option<Payee>,
    },
    /// 到账更正.
    WrongReceipt {
        /// The receipt, of the person of the case.
        receipt: ReceiptId,
        /// Whose money it is.
        rightful: PersonId,
    },
    /// 核定更正.
    WrongDue {
        /// The month.
        month: Month,
        /// The branch.
        branch: Branch,
        /// The part.
        part: u8,
    },
    /// 异议处理.
    Objection {
        /// What the person disputes.
        about: String,
        /// What was found and is answered.
        answer: String,
    },
    /// 追回到账.
    Recovery {
        /// How much came back, at most what is claimed.
        amount: Fen,
        /// The day on which the money stood on the fund's account.
        arrived_on: Date,
        /// The bank's number of that booking.
        reference: String,
    },
}

/// Shows the kind only: forms hold names, accounts and sums.
impl std::fmt::Debug for CaseForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("CaseForm").field(&self.kind()).finish()
    }
}

impl CaseForm {
    /// What it is about.
    #[must_use]
    pub const fn kind(&self) -> CaseKind {
        match self {
            Self::Surrender { .. } => CaseKind::Surrender,
            Self::Death { .. } => CaseKind::Death,
            Self::TransferIn { .. } => CaseKind::TransferIn,
            Self::TransferOut { .. } => CaseKind::TransferOut,
            Self::Suspense { .. } => CaseKind::Suspense,
            Self::WrongReceipt { .. } => CaseKind::WrongReceipt,
            Self::WrongDue { .. } => CaseKind::WrongDue,
            Self::Objection { .. } => CaseKind::Objection,
            Self::Recovery { .. } => CaseKind::Recovery,
        }
    }

    /// Every payee that the form names.
    #[must_use]
    pub fn payees(&self) -> Vec<&Payee> {
        match self {
            Self::Surrender { payee, .. } | Self::Suspense { payee, .. } => payee.iter().collect(),
            Self::Death { heirs, grants_to, .. } => {
                heirs.iter().map(|heir| &heir.payee).chain([grants_to]).collect()
            }
            Self::TransferOut { payee, .. } => vec![payee],
            Self::TransferIn { .. }
            | Self::WrongReceipt { .. }
            | Self::WrongDue { .. }
            | Self::Objection { .. }
            | Self::Recovery { .. } => Vec::new(),
        }
    }

    /// The payee of a payment's line.
    #[must_use]
    pub fn payee_of(&self, line: usize) -> Option<&Payee> {
        match self {
            Self::Death { heirs, grants_to, .. } => {
                Some(heirs.get(line).map_or(grants_to, |heir| &heir.payee))
            }
            Self::Surrender { .. }
            | Self::Suspense { .. }
            | Self::TransferOut { .. }
            | Self::TransferIn { .. }
            | Self::WrongReceipt { .. }
            | Self::WrongDue { .. }
            | Self::Objection { .. }
            | Self::Recovery { .. } => self.payees().first().copied(),
        }
    }

    /// Whether two forms differ in nothing but where money is paid: all that may be corrected once
    /// a case was carried out and the bank refused a payment.
    #[must_use]
    pub fn differs_in_payees_only(&self, other: &Self) -> bool {
        self.without_payees() == other.without_payees()
            && self.payees().len() == other.payees().len()
    }

    fn without_payees(&self) -> Self {
        let nobody =
            || Payee { holder: String::new(), bank: String::new(), account: String::new() };
        let mut form = self.clone();
        match &mut form {
            Self::Surrender { payee, .. } | Self::Suspense { payee, .. } => {
                *payee = payee.take().map(|_| nobody());
            }
            Self::Death { heirs, grants_to, .. } => {
                heirs.iter_mut().for_each(|heir| heir.payee = nobody());
                *grants_to = nobody();
            }
            Self::TransferOut { payee, .. } => *payee = nobody(),
            Self::TransferIn { .. }
            | Self::WrongReceipt { .. }
            | Self::WrongDue { .. }
            | Self::Objection { .. }
            | Self::Recovery { .. } => {}
        }
        form
    }

    /// Whether a list of heirs can be paid: at least one, not too many, each with a part.
    #[must_use]
    pub fn heirs_are_sound(heirs: &[Heir]) -> bool {
        (1..=HEIRS_MAX).contains(&heirs.len()) && heirs.iter().all(|heir| heir.share > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payee_is_checked_and_hidden() {
        let payee = Payee::new("张三", "建设银行鼓楼支行", "6217 0012 3456 7890 122").unwrap();
        assert_eq!(payee.masked_account(), "***************0122");
        assert_eq!(format!("{payee:?}"), "Payee(hidden)");
        let refused = |holder, bank, account| Payee::new(holder, bank, account).unwrap_err();
        assert_eq!(refused("", "建设银行", "62170012"), PayeeRefusal::HolderMustBeNamed);
        assert_eq!(refused("张三", " ", "62170012"), PayeeRefusal::BankMustBeNamed);
        assert_eq!(refused("张三", "建设银行", "6217"), PayeeRefusal::AccountMustBeANumber);
    }

    #[test]
    fn a_form_survives_its_column_and_its_debug_says_only_the_kind() {
        let form = CaseForm::Surrender {
            reason: SurrenderReason::LossOfNationality,
            wish: AccountWish::EndAndPay,
            informed_on: "2026-11-24".parse().unwrap(),
            payee: Some(Payee::new("张三", "建设银行", "6217001234567890122").unwrap()),
        };
        let text = serde_json::to_string(&form).unwrap();
        assert_eq!(serde_json::from_str::<CaseForm>(&text).unwrap(), form);
        assert_eq!(format!("{form:?}"), "CaseForm(Surrender)");
    }
}
