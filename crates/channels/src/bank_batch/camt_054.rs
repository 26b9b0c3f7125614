//! Reads `camt.054`, the bank's notification of bookings, in its versions .02, .04 and .08.
//!
//! Only a booked (`BOOK`) credit is money. A booked debit that carries an end-to-end number, a
//! return or a reversal takes money back. A credit booked as one sum without its transactions is
//! kept for reconciliation. The versions differ in few places: `Sts` is a text or `Sts/Cd`, a
//! transaction has its own `Amt` or only `AmtDtls/TxAmt/Amt`; names that are read are the same.

use std::io::BufRead;

use units::{Date, Fen};

use super::bank_result::{BankResult, BatchCredit, Outcome, ResultSummary};
use super::debit::Totals;
use super::file_refusal::{FileRule, ReadError};
use super::pain_002::day_of;
use super::reason;
use super::xml::{self, Limits, Xml};

/// Reads a notification, giving each transaction's outcome to `each`, in document order.
///
/// # Errors
/// [`ReadError`]; then nothing that `each` was given may be booked.
pub fn read<R: BufRead>(
    source: R,
    limits: Limits,
    mut each: impl FnMut(BankResult),
) -> Result<ResultSummary, ReadError> {
    let accepted = [&xml::CAMT_054_V08, &xml::CAMT_054_V04, &xml::CAMT_054_V02];
    let (mut xml, _) = Xml::open(source, limits, &accepted)?;
    let mut reader = Reader { each: &mut each, summary: ResultSummary::default() };
    while let Some(tag) = xml.child()? {
        match tag {
            "BkToCstmrDbtCdtNtfctn" => reader.read_message(&mut xml)?,
            _ => xml.skip()?,
        }
    }
    xml.finish()?;
    Ok(reader.summary)
}

struct Reader<'a> {
    each: &'a mut dyn FnMut(BankResult),
    summary: ResultSummary,
}

/// Which way money moved on the fund's account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Direction {
    #[default]
    Credit,
    Debit,
}

#[derive(Default)]
struct Entry {
    line: u64,
    amount: Fen,
    direction: Direction,
    reversal: bool,
    status: String,
    booked_on: Option<Date>,
    reference: Option<String>,
    batches: Vec<Batch>,
    transactions: Vec<Transaction>,
}

#[derive(Default)]
struct Batch {
    message_id: Option<String>,
    count: Option<u64>,
    sum: Option<Fen>,
}

#[derive(Default)]
struct Transaction {
    line: u64,
    message_id: Option<String>,
    end_to_end_id: String,
    reference: Option<String>,
    amount: Option<Fen>,
    direction: Option<Direction>,
    returned: bool,
    code: String,
    words: String,
}

/// What a `TxsSummry` claims of one kind of entries.
#[derive(Clone, Copy, Default)]
struct Claimed {
    count: Option<u64>,
    sum: Option<Fen>,
}

/// Entries so far, for the summary's claims.
#[derive(Clone, Copy, Default)]
struct Tally {
    credits: Totals,
    debits: Totals,
}

impl Reader<'_> {
    fn read_message<R: BufRead>(&mut self, xml: &mut Xml<R>) -> Result<(), ReadError> {
        while let Some(tag) = xml.child()? {
            match tag {
                "GrpHdr" => {
                    while let Some(tag) = xml.child()? {
                        match tag {
                            "MsgId" => xml.text()?.clone_into(&mut self.summary.message_id),
                            _ => xml.skip()?,
                        }
                    }
                }
                "Ntfctn" => self.read_notification(xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    fn read_notification<R: BufRead>(&mut self, xml: &mut Xml<R>) -> Result<(), ReadError> {
        let mut claims = [Claimed::default(); 3];
        let mut tally = Tally::default();
        while let Some(tag) = xml.child()? {
            match tag {
                "TxsSummry" => claims = read_claims(xml)?,
                "Ntry" => {
                    let entry = read_entry(xml)?;
                    check_entry(xml, &entry)?;
                    let side = match entry.direction {
                        Direction::Credit => &mut tally.credits,
                        Direction::Debit => &mut tally.debits,
                    };
                    let with = side.with(entry.amount);
                    *side = with.ok_or_else(|| xml.refuse(FileRule::AmountMustBeWholeFen))?;
                    self.give(entry);
                }
                _ => xml.skip()?,
            }
        }
        check_claims(xml, claims, tally)
    }

    fn give(&mut self, entry: Entry) {
        let booked = entry.status == "BOOK";
        if entry.transactions.is_empty() {
            self.give_bare(&entry, booked);
            return;
        }
        let alone = entry.transactions.len() == 1;
        let batch_id = entry.batches.iter().find_map(|batch| batch.message_id.clone());
        for transaction in entry.transactions {
            let amount = transaction.amount.unwrap_or(if alone { entry.amount } else { Fen::ZERO });
            let reference =
                transaction.reference.or_else(|| entry.reference.clone().filter(|_| alone));
            let on = entry.booked_on;
            let outcome = match transaction.direction.unwrap_or(entry.direction) {
                _ if !booked => Outcome::Pending { status: entry.status.clone() },
                Direction::Credit => Outcome::Collected { amount: Some(amount), reference, on },
                Direction::Debit
                    if is_charge(
                        &transaction.end_to_end_id,
                        transaction.returned || entry.reversal,
                    ) =>
                {
                    let with = self.summary.other_debits.with(amount);
                    self.summary.other_debits = with.unwrap_or(self.summary.other_debits);
                    continue;
                }
                Direction::Debit => Outcome::Returned {
                    amount,
                    reason: reason::of_code(&transaction.code).reason,
                    retry: reason::of_code(&transaction.code).retry,
                    raw: reason::raw(&transaction.code, &transaction.words),
                    reference,
                    on,
                },
            };
            self.summary.count(&outcome);
            (self.each)(BankResult {
                line: transaction.line,
                original_message_id: transaction.message_id.or_else(|| batch_id.clone()),
                end_to_end_id: transaction.end_to_end_id,
                outcome,
            });
        }
    }

    /// An entry without transactions: one sum of a batch, or money of unknown purpose.
    fn give_bare(&mut self, entry: &Entry, booked: bool) {
        if !booked {
            return;
        }
        if entry.direction == Direction::Debit {
            let with = self.summary.other_debits.with(entry.amount);
            self.summary.other_debits = with.unwrap_or(self.summary.other_debits);
            return;
        }
        let batch = entry.batches.first();
        self.summary.batch_credits.push(BatchCredit {
            line: entry.line,
            original_message_id: batch.and_then(|batch| batch.message_id.clone()),
            count: batch.and_then(|batch| batch.count),
            amount: entry.amount,
            reference: entry.reference.clone(),
            on: entry.booked_on,
        });
    }
}

/// A debit that names no transaction and takes nothing back is a charge or a transfer.
fn is_charge(end_to_end_id: &str, taken_back: bool) -> bool {
    !taken_back && matches!(end_to_end_id, "" | "NOTPROVIDED")
}

fn read_claims<R: BufRead>(xml: &mut Xml<R>) -> Result<[Claimed; 3], ReadError> {
    let mut claims = [Claimed::default(); 3];
    while let Some(tag) = xml.child()? {
        let index = match tag {
            "TtlNtries" => 0,
            "TtlCdtNtries" => 1,
            "TtlDbtNtries" => 2,
            _ => {
                xml.skip()?;
                continue;
            }
        };
        let mut claim = Claimed::default();
        while let Some(tag) = xml.child()? {
            match tag {
                "NbOfNtries" => claim.count = Some(xml.count()?),
                "Sum" => claim.sum = Some(xml.amount()?),
                _ => xml.skip()?,
            }
        }
        claims[index] = claim;
    }
    Ok(claims)
}

fn check_claims<R>(xml: &Xml<R>, claims: [Claimed; 3], tally: Tally) -> Result<(), ReadError>
where
    R: BufRead,
{
    let Tally { credits, debits } = tally;
    let all = Totals {
        count: credits.count + debits.count,
        sum: credits.sum.checked_add(debits.sum).unwrap_or(Fen::MAX),
    };
    let names = ["TtlNtries", "TtlCdtNtries", "TtlDbtNtries"];
    for ((claim, found), what) in claims.into_iter().zip([all, credits, debits]).zip(names) {
        check_totals(xml, what, (claim, found))?;
    }
    Ok(())
}

fn check_totals<R: BufRead>(
    xml: &Xml<R>,
    what: &'static str,
    (claim, found): (Claimed, Totals),
) -> Result<(), ReadError> {
    if let Some(claimed) = claim.count.filter(|count| *count != found.count) {
        let expected = found.count;
        return Err(xml.refuse(FileRule::CountMustMatch { what, expected, claimed }));
    }
    if let Some(claimed) = claim.sum.filter(|sum| *sum != found.sum) {
        let expected = found.sum;
        return Err(xml.refuse(FileRule::SumMustMatch { what, expected, claimed }));
    }
    Ok(())
}

fn read_entry<R: BufRead>(xml: &mut Xml<R>) -> Result<Entry, ReadError> {
    let mut entry = Entry { line: xml.line(), ..Entry::default() };
    while let Some(tag) = xml.child()? {
        match tag {
            "Amt" => entry.amount = xml.amount()?,
            "CdtDbtInd" => entry.direction = read_direction(xml)?,
            "RvslInd" => entry.reversal = matches!(xml.text()?.trim(), "true" | "1"),
            // A text until .04, `Cd` or `Prtry` from .08.
            "Sts" => entry.status = xml.text_or_child_text()?,
            "BookgDt" => entry.booked_on = read_day(xml)?,
            "AcctSvcrRef" => entry.reference = Some(xml.text()?.to_owned()),
            "NtryDtls" => read_details(xml, &mut entry)?,
            _ => xml.skip()?,
        }
    }
    Ok(entry)
}

fn read_direction<R: BufRead>(xml: &mut Xml<R>) -> Result<Direction, ReadError> {
    // The schema allows these two only.
    Ok(if xml.text()? == "DBIT" { Direction::Debit } else { Direction::Credit })
}

fn read_day<R: BufRead>(xml: &mut Xml<R>) -> Result<Option<Date>, ReadError> {
    let mut day = None;
    while xml.child()?.is_some() {
        day = day_of(xml.text()?);
    }
    Ok(day)
}

fn read_details<R: BufRead>(xml: &mut Xml<R>, entry: &mut Entry) -> Result<(), ReadError> {
    let mut batch = Batch::default();
    let mut listed = Totals::default();
    let mut every_amount_told = true;
    while let Some(tag) = xml.child()? {
        match tag {
            "Btch" => batch = read_batch(xml)?,
            "TxDtls" => {
                let transaction = read_transaction(xml)?;
                every_amount_told &= transaction.amount.is_some();
                let with = listed.with(transaction.amount.unwrap_or(Fen::ZERO));
                listed = with.ok_or_else(|| xml.refuse(FileRule::AmountMustBeWholeFen))?;
                entry.transactions.push(transaction);
            }
            _ => xml.skip()?,
        }
    }
    if listed.count > 0 {
        let sum = batch.sum.filter(|_| every_amount_told);
        check_totals(xml, "Btch", (Claimed { count: batch.count, sum }, listed))?;
    }
    entry.batches.push(batch);
    Ok(())
}

fn read_batch<R: BufRead>(xml: &mut Xml<R>) -> Result<Batch, ReadError> {
    let mut batch = Batch::default();
    while let Some(tag) = xml.child()? {
        match tag {
            "MsgId" => batch.message_id = Some(xml.text()?.to_owned()),
            "NbOfTxs" => batch.count = Some(xml.count()?),
            "TtlAmt" => batch.sum = Some(xml.amount()?),
            _ => xml.skip()?,
        }
    }
    Ok(batch)
}

fn read_transaction<R: BufRead>(xml: &mut Xml<R>) -> Result<Transaction, ReadError> {
    let mut transaction = Transaction { line: xml.line(), ..Transaction::default() };
    while let Some(tag) = xml.child()? {
        match tag {
            "Refs" => read_references(xml, &mut transaction)?,
            "Amt" => transaction.amount = Some(xml.amount()?),
            "AmtDtls" => {
                let told = read_detail_amount(xml)?;
                transaction.amount = transaction.amount.or(told);
            }
            "CdtDbtInd" => transaction.direction = Some(read_direction(xml)?),
            "RtrInf" => {
                transaction.returned = true;
                read_return(xml, &mut transaction)?;
            }
            _ => xml.skip()?,
        }
    }
    Ok(transaction)
}

fn read_references<R: BufRead>(
    xml: &mut Xml<R>,
    transaction: &mut Transaction,
) -> Result<(), ReadError> {
    while let Some(tag) = xml.child()? {
        match tag {
            "MsgId" => transaction.message_id = Some(xml.text()?.to_owned()),
            "EndToEndId" => xml.text()?.clone_into(&mut transaction.end_to_end_id),
            "AcctSvcrRef" => transaction.reference = Some(xml.text()?.to_owned()),
            _ => xml.skip()?,
        }
    }
    Ok(())
}

/// `AmtDtls/TxAmt/Amt`, the transaction's own amount before .04.
fn read_detail_amount<R: BufRead>(xml: &mut Xml<R>) -> Result<Option<Fen>, ReadError> {
    let mut amount = None;
    while let Some(tag) = xml.child()? {
        if tag != "TxAmt" {
            xml.skip()?;
            continue;
        }
        while let Some(tag) = xml.child()? {
            match tag {
                "Amt" => amount = Some(xml.amount()?),
                _ => xml.skip()?,
            }
        }
    }
    Ok(amount)
}

fn read_return<R: BufRead>(
    xml: &mut Xml<R>,
    transaction: &mut Transaction,
) -> Result<(), ReadError> {
    while let Some(tag) = xml.child()? {
        match tag {
            "Rsn" => {
                while xml.child()?.is_some() {
                    xml.text()?.clone_into(&mut transaction.code);
                }
            }
            "AddtlInf" => {
                let words = format!("{} {}", transaction.words, xml.text()?);
                transaction.words = reason::raw("", words.trim_start());
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

/// An entry's amount is what its transactions add up to, where each tells its amount.
fn check_entry<R: BufRead>(xml: &Xml<R>, entry: &Entry) -> Result<(), ReadError> {
    let mut net = (Fen::ZERO, Fen::ZERO);
    for transaction in &entry.transactions {
        let Some(amount) = transaction.amount else { return Ok(()) };
        let same_way = transaction.direction.is_none_or(|way| way == entry.direction);
        let side = if same_way { &mut net.0 } else { &mut net.1 };
        let sum = side.checked_add(amount);
        *side = sum.ok_or_else(|| xml.refuse(FileRule::AmountMustBeWholeFen))?;
    }
    let listed = net.0.saturating_sub(net.1);
    if entry.transactions.is_empty() || listed == entry.amount {
        return Ok(());
    }
    let (what, claimed) = ("the entry's Amt", entry.amount);
    Err(xml.refuse(FileRule::SumMustMatch { what, expected: listed, claimed }))
}

#[cfg(test)]
mod tests;
