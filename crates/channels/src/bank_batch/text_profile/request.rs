//! The text file that we write, and what the sandbox bank reads of it.

use std::io::{BufRead, Write};

use units::Fen;

use super::line::{self, Misfit, Record};
use super::result::{Lines, Part};
use super::{Field, Profile, amount};
use crate::bank_batch::debit::{Debit, DebitFile, Totals};
use crate::bank_batch::file_refusal::ReadError;
use crate::bank_batch::sandbox::order_file::{Order, OrderFile};
use crate::bank_batch::write_error::WriteError;
use crate::bank_batch::xml::Limits;

/// Writes a whole file, one debit at a time.
///
/// # Errors
/// [`WriteError`]; what was written until then must be thrown away.
pub fn write<W: Write>(
    mut out: W,
    (profile, file): (&Profile, &DebitFile),
    debits: impl IntoIterator<Item = Debit>,
) -> Result<(), WriteError> {
    let mut bytes = Vec::with_capacity(1024);
    let agency = |misfit: Misfit| WriteError::AgencyDataMustFit {
        field: field_name(misfit.field),
        must: misfit.must,
    };
    for title in &profile.request.titles {
        line::write_title(&mut bytes, profile, title);
    }
    let head = head_record(file, profile);
    if !profile.request.header.is_empty() {
        line::write(&mut bytes, profile, (&profile.request.header, &head)).map_err(agency)?;
    }
    let mut written = Totals::default();
    for debit in debits {
        let sum = written.sum.checked_add(debit.amount).unwrap_or(Fen::MAX);
        written = Totals { count: written.count + 1, sum };
        let mut record = head.clone();
        record.extend(detail_record(&debit, written.count, profile));
        let person = debit.end_to_end_id.due.person;
        line::write(&mut bytes, profile, (&profile.request.detail, &record)).map_err(|misfit| {
            let field = field_name(misfit.field);
            WriteError::PersonDataMustFit { person, field, must: misfit.must }
        })?;
        out.write_all(&bytes)?;
        bytes.clear();
    }
    if written != file.totals {
        return Err(WriteError::TotalsMustBeKept { counted: file.totals, written });
    }
    if !profile.request.trailer.is_empty() {
        line::write(&mut bytes, profile, (&profile.request.trailer, &head)).map_err(agency)?;
    }
    out.write_all(&bytes)?;
    out.flush()?;
    Ok(())
}

fn head_record(file: &DebitFile, profile: &Profile) -> Record {
    let compact_day = file.collect_on.to_string().replace('-', "");
    Record::from([
        (Field::MessageId, file.message_id.to_string()),
        (Field::CollectOn, compact_day),
        (Field::CreditorAccount, file.creditor.account.clone()),
        (Field::Count, file.totals.count.to_string()),
        (Field::Sum, amount::write(file.totals.sum, profile.unit)),
    ])
}

fn detail_record(debit: &Debit, serial: u64, profile: &Profile) -> Record {
    Record::from([
        (Field::Serial, serial.to_string()),
        (Field::EndToEndId, debit.end_to_end_id.to_string()),
        (Field::Account, debit.account.clone()),
        (Field::Holder, debit.holder.clone()),
        (Field::IdentityNumber, debit.identity_number.clone()),
        (Field::Mandate, debit.mandate.clone()),
        (Field::Amount, amount::write(debit.amount, profile.unit)),
    ])
}

fn field_name(field: Field) -> &'static str {
    match field {
        Field::Holder => "the holder's name",
        Field::Account => "the account number",
        Field::IdentityNumber => "the identity number",
        Field::Mandate => "the mandate number",
        Field::Amount => "the amount",
        _ => "a column",
    }
}

/// Reads a request as a bank does.
///
/// # Errors
/// [`ReadError`] when the file is not of the profile or its totals are wrong.
pub fn read(source: impl BufRead, profile: &Profile) -> Result<OrderFile, ReadError> {
    let mut file = OrderFile::default();
    let mut lines = Lines::new(source, (profile, &profile.request), Limits::STANDARD);
    while let Some((part, record)) = lines.next()? {
        let value = |field| record.get(&field).cloned().unwrap_or_default();
        if !value(Field::MessageId).is_empty() {
            file.message_id = value(Field::MessageId);
        }
        if part == Part::Detail {
            let amount = lines.amount(&record, Field::Amount)?.unwrap_or(Fen::ZERO);
            file.totals = file.totals.with(amount).unwrap_or(file.totals);
            let (end_to_end_id, account) = (value(Field::EndToEndId), value(Field::Account));
            file.orders.push(Order { end_to_end_id, amount, account });
        }
    }
    lines.check_totals(file.totals, Totals::default())?;
    Ok(file)
}
