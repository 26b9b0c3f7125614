//! What the sandbox bank reads of a withholding file.

use std::fmt;
use std::io::BufRead;

use units::Fen;

use crate::bank_batch::debit::Totals;
use crate::bank_batch::file_refusal::{FileRule, ReadError};
use crate::bank_batch::xml::{self, Limits, Xml};

/// One debit as the bank sees it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// The end-to-end number.
    pub end_to_end_id: String,
    /// How much.
    pub amount: Fen,
    /// From which account.
    pub account: String,
}

/// Hides the account.
impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("end_to_end_id", &self.end_to_end_id)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

/// A withholding file as the bank sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFile {
    /// Its number.
    pub message_id: String,
    /// The number of its payment block.
    pub payment_information_id: String,
    /// The fund's account.
    pub creditor_account: String,
    /// What it claims of itself, which is what it holds.
    pub totals: Totals,
    /// Its debits in document order.
    pub orders: Vec<Order>,
}

/// Reads a `pain.008.001.08`, checking schema and totals as a bank does.
///
/// # Errors
/// [`ReadError`] as of any file.
pub fn read(source: impl BufRead) -> Result<OrderFile, ReadError> {
    let limits = Limits { file_bytes: 1 << 30, ..Limits::STANDARD };
    let (mut xml, _) = Xml::open(source, limits, &[&xml::PAIN_008])?;
    let mut file = OrderFile::default();
    let mut claimed = Totals::default();
    while xml.child()?.is_some() {
        while let Some(tag) = xml.child()? {
            match tag {
                "GrpHdr" => {
                    while let Some(tag) = xml.child()? {
                        match tag {
                            "MsgId" => xml.text()?.clone_into(&mut file.message_id),
                            "NbOfTxs" => claimed.count = xml.count()?,
                            "CtrlSum" => claimed.sum = xml.amount()?,
                            _ => xml.skip()?,
                        }
                    }
                }
                "PmtInf" => read_block(&mut xml, &mut file)?,
                _ => xml.skip()?,
            }
        }
        check(&xml, claimed, file.totals)?;
    }
    xml.finish()?;
    Ok(file)
}

fn check<R: BufRead>(xml: &Xml<R>, claimed: Totals, found: Totals) -> Result<(), ReadError> {
    if claimed.count != found.count {
        let (what, expected, claimed) = ("NbOfTxs", found.count, claimed.count);
        return Err(xml.refuse(FileRule::CountMustMatch { what, expected, claimed }));
    }
    if claimed.sum != found.sum {
        let (what, expected, claimed) = ("CtrlSum", found.sum, claimed.sum);
        return Err(xml.refuse(FileRule::SumMustMatch { what, expected, claimed }));
    }
    Ok(())
}

fn read_block<R: BufRead>(xml: &mut Xml<R>, file: &mut OrderFile) -> Result<(), ReadError> {
    while let Some(tag) = xml.child()? {
        match tag {
            "PmtInfId" => xml.text()?.clone_into(&mut file.payment_information_id),
            "CdtrAcct" => file.creditor_account = read_account(xml)?,
            "DrctDbtTxInf" => {
                let order = read_order(xml)?;
                let with = file.totals.with(order.amount);
                file.totals = with.ok_or_else(|| xml.refuse(FileRule::AmountMustBeWholeFen))?;
                file.orders.push(order);
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn read_order<R: BufRead>(xml: &mut Xml<R>) -> Result<Order, ReadError> {
    let mut order = Order::default();
    while let Some(tag) = xml.child()? {
        match tag {
            "PmtId" => {
                while let Some(tag) = xml.child()? {
                    match tag {
                        "EndToEndId" => xml.text()?.clone_into(&mut order.end_to_end_id),
                        _ => xml.skip()?,
                    }
                }
            }
            "InstdAmt" => order.amount = xml.amount()?,
            "DbtrAcct" => order.account = read_account(xml)?,
            _ => xml.skip()?,
        }
    }
    Ok(order)
}

/// `Id/Othr/Id` of an account.
pub(super) fn read_account<R: BufRead>(xml: &mut Xml<R>) -> Result<String, ReadError> {
    let mut account = String::new();
    while let Some(tag) = xml.child()? {
        if tag != "Id" {
            xml.skip()?;
            continue;
        }
        while xml.child()?.is_some() {
            while let Some(tag) = xml.child()? {
                match tag {
                    "Id" => xml.text()?.clone_into(&mut account),
                    _ => xml.skip()?,
                }
            }
        }
    }
    Ok(account)
}
