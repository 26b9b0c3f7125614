//! The text file that we read, and what the sandbox bank writes.

use std::io::{BufRead, Read};

use units::Fen;

use super::encoding_seen::EncodingSeen;
use super::line::{self, Record, Unreadable};
use super::{Field, Meaning, Profile, Shape, amount};
use crate::bank_batch::bank_result::{BankResult, Outcome, ResultSummary};
use crate::bank_batch::debit::Totals;
use crate::bank_batch::file_refusal::{FileRefusal, FileRule, ReadError};
use crate::bank_batch::pain_002::Intake;
use crate::bank_batch::sandbox::Settled;
use crate::bank_batch::xml::Limits;

/// Reads a result file, giving each detail's outcome to `each`, in order. The outcome's amount is
/// what was really taken; whether that is what was asked, the booking judges.
///
/// # Errors
/// [`ReadError`]; then nothing that `each` was given may be booked.
pub fn read(
    source: impl BufRead,
    (profile, intake): (&Profile, Intake<'_>),
    mut each: impl FnMut(BankResult),
) -> Result<ResultSummary, ReadError> {
    let mut lines = Lines::new(source, (profile, &profile.result), intake.limits);
    let mut summary = ResultSummary::default();
    let (mut asked, mut paid) = (Totals::default(), Totals::default());
    while let Some((part, record)) = lines.next()? {
        if let Some(id) = record.get(&Field::MessageId).filter(|id| !id.is_empty()) {
            summary.original_message_id = Some(id.clone());
        }
        if part != Part::Detail {
            continue;
        }
        let amount = lines.amount(&record, Field::Amount)?;
        let taken = lines.amount(&record, Field::Taken)?.or(amount);
        let outcome = outcome(profile, &record, taken);
        let too_much = || lines.refuse("amount", FileRule::AmountMustBeWholeFen);
        asked = asked.with(amount.or(taken).unwrap_or(Fen::ZERO)).ok_or_else(too_much)?;
        if let Outcome::Collected { amount, .. } = &outcome {
            paid = paid.with(amount.unwrap_or(Fen::ZERO)).ok_or_else(too_much)?;
        }
        summary.count(&outcome);
        each(BankResult {
            line: lines.number,
            original_message_id: summary.original_message_id.clone(),
            end_to_end_id: record.get(&Field::EndToEndId).cloned().unwrap_or_default(),
            outcome,
        });
    }
    lines.check_totals(asked, paid)?;
    let sent = summary.original_message_id.as_deref().and_then(intake.sent);
    if let Some(sent) = sent.filter(|sent| asked.count > sent.count) {
        let (what, expected, claimed) = ("the number of details", sent.count, asked.count);
        return Err(lines.refuse("", FileRule::CountMustMatch { what, expected, claimed }));
    }
    Ok(summary)
}

fn outcome(profile: &Profile, record: &Record, taken: Option<Fen>) -> Outcome {
    let value = |field| record.get(&field).map_or("", String::as_str);
    let (code, words) = (value(Field::Code), value(Field::Words));
    match profile.codes.get(code) {
        Some(Meaning::Paid) => {
            let reference = Some(value(Field::Reference)).filter(|text| !text.is_empty());
            Outcome::Collected { amount: taken, reference: reference.map(str::to_owned), on: None }
        }
        Some(Meaning::Refused(iso)) => {
            let raw = if words.is_empty() { code.to_owned() } else { format!("{code} {words}") };
            match Outcome::rejected(iso, "") {
                Outcome::Rejected { reason, retry, .. } => {
                    Outcome::Rejected { reason, retry, raw: raw.chars().take(140).collect() }
                }
                other => other,
            }
        }
        // Blank is not processed, and a code that the profile does not know is nothing final.
        Some(Meaning::Pending) | None => Outcome::Pending { status: code.to_owned() },
    }
}

/// Which line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Header,
    Detail,
    Trailer,
}

/// The lines of a file, one at a time; the last is held back until it is known to be the last.
pub(super) struct Lines<'a, R> {
    source: std::io::Take<R>,
    profile: &'a Profile,
    shape: &'a Shape,
    limits: Limits,
    /// The number of the line given last, and of the line read last.
    pub(super) number: u64,
    read: u64,
    held: Option<(u64, Vec<u8>)>,
    header_seen: bool,
    totals: Record,
    seen: EncodingSeen,
}

impl<'a, R: BufRead> Lines<'a, R> {
    pub(super) fn new(
        source: R,
        (profile, shape): (&'a Profile, &'a Shape),
        limits: Limits,
    ) -> Self {
        // One byte over the limit tells a file of the limit from a longer one.
        let source = source.take(limits.file_bytes.saturating_add(1));
        let header_seen = shape.header.is_empty();
        Self {
            source,
            profile,
            shape,
            limits,
            number: 0,
            read: 0,
            held: None,
            header_seen,
            totals: Record::new(),
            seen: EncodingSeen::default(),
        }
    }

    /// The next line's values.
    pub(super) fn next(&mut self) -> Result<Option<(Part, Record)>, ReadError> {
        while usize::try_from(self.read).unwrap_or(usize::MAX) < self.shape.titles.len() {
            if self.read_line()?.is_none() {
                return Ok(None);
            }
        }
        if self.held.is_none() {
            self.held = self.read_line()?;
        }
        let Some((number, bytes)) = self.held.take() else { return self.check_encoding() };
        self.held = self.read_line()?;
        self.number = number;
        self.seen.add(number, &bytes);
        let part = if !self.header_seen {
            Part::Header
        } else if self.held.is_none() && !self.shape.trailer.is_empty() {
            Part::Trailer
        } else {
            Part::Detail
        };
        self.header_seen = true;
        let columns = match part {
            Part::Header => &self.shape.header,
            Part::Detail => &self.shape.detail,
            Part::Trailer => &self.shape.trailer,
        };
        let record = line::read(&bytes, self.profile, columns).map_err(|why| match why {
            Unreadable::Encoding => {
                let encoding = self.profile.encoding.name();
                self.refuse("", FileRule::EncodingMustBe { encoding })
            }
            Unreadable::Columns(detail) => self.refuse("", FileRule::FormatMustBeKept { detail }),
        })?;
        if part != Part::Detail {
            self.totals.extend(record.clone());
        }
        Ok(Some((part, record)))
    }

    /// At the file's end: it was in the profile's encoding, and did not only look so by chance.
    fn check_encoding(&self) -> Result<Option<(Part, Record)>, ReadError> {
        match self.seen.line_in_another(self.profile.encoding) {
            None => Ok(None),
            Some(line) => {
                let encoding = self.profile.encoding.name();
                let rule = FileRule::EncodingMustBe { encoding };
                Err(FileRefusal { line, element: String::new(), rule }.into())
            }
        }
    }

    /// The next line that says something, without its end.
    fn read_line(&mut self) -> Result<Option<(u64, Vec<u8>)>, ReadError> {
        loop {
            let mut bytes = Vec::new();
            let limit = u64::try_from(self.limits.text_bytes).unwrap_or(u64::MAX);
            (&mut self.source).take(limit).read_until(b'\n', &mut bytes)?;
            if bytes.is_empty() {
                return Ok(None);
            }
            self.read += 1;
            if self.source.limit() == 0 {
                let limit_bytes = self.limits.file_bytes;
                return Err(self.refuse("", FileRule::SizeMustBeWithin { limit_bytes }));
            }
            if bytes.len() >= self.limits.text_bytes {
                let limit_bytes = self.limits.text_bytes;
                return Err(self.refuse("", FileRule::TextMustBeWithin { limit_bytes }));
            }
            if self.read == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
                bytes.drain(..3);
            }
            // Old systems end a file with 0x1A; an empty last line says nothing.
            while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r' | 0x1a)) {
                bytes.pop();
            }
            let titles = u64::try_from(self.shape.titles.len()).unwrap_or(u64::MAX);
            if !bytes.is_empty() || self.read <= titles {
                return Ok(Some((self.read, bytes)));
            }
        }
    }

    /// A column as money; `None` when the profile has no such column or it is empty.
    pub(super) fn amount(&self, record: &Record, field: Field) -> Result<Option<Fen>, ReadError> {
        let Some(text) = record.get(&field).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let read = amount::read(text, self.profile.unit);
        read.map(Some).ok_or_else(|| self.refuse("amount", FileRule::AmountMustBeWholeFen))
    }

    /// Compares the totals of header and trailer with what was found.
    pub(super) fn check_totals(&self, asked: Totals, paid: Totals) -> Result<(), ReadError> {
        for (field, what, expected) in [
            (Field::Count, "the total count", asked.count),
            (Field::PaidCount, "the count of the paid", paid.count),
        ] {
            let Some(text) = self.totals.get(&field).filter(|text| !text.is_empty()) else {
                continue;
            };
            let claimed = text.parse().map_err(|_| {
                let detail = "a count in digits".to_owned();
                self.refuse(what, FileRule::FormatMustBeKept { detail })
            })?;
            if claimed != expected {
                return Err(self.refuse(what, FileRule::CountMustMatch { what, expected, claimed }));
            }
        }
        for (field, what, expected) in [
            (Field::Sum, "the total amount", asked.sum),
            (Field::PaidSum, "the amount of the paid", paid.sum),
        ] {
            match self.amount(&self.totals, field)? {
                Some(claimed) if claimed != expected => {
                    return Err(
                        self.refuse(what, FileRule::SumMustMatch { what, expected, claimed })
                    );
                }
                _ => {}
            }
        }
        // An empty or cut file has lost its totals.
        let complete = self.header_seen
            && [Field::Count, Field::Sum]
                .iter()
                .all(|field| self.totals.get(field).is_some_and(|text| !text.is_empty()));
        if complete {
            return Ok(());
        }
        let detail = "header or trailer with count and sum".to_owned();
        Err(self.refuse("", FileRule::FormatMustBeKept { detail }))
    }

    pub(super) fn refuse(&self, element: &str, rule: FileRule) -> ReadError {
        let line = self.number.max(1);
        ReadError::Refused(FileRefusal { line, element: element.to_owned(), rule })
    }
}

/// Writes a result file as the sandbox bank does.
#[must_use]
pub fn write(profile: &Profile, message_id: &str, settled: &[Settled]) -> Vec<u8> {
    let mut totals = Totals::default();
    let mut paid = Totals::default();
    for line in settled {
        totals = totals.with(line.amount).unwrap_or(totals);
        if line.outcome.is_ok() {
            paid = paid.with(line.amount).unwrap_or(paid);
        }
    }
    let head = Record::from([
        (Field::MessageId, message_id.to_owned()),
        (Field::Count, totals.count.to_string()),
        (Field::Sum, amount::write(totals.sum, profile.unit)),
        (Field::PaidCount, paid.count.to_string()),
        (Field::PaidSum, amount::write(paid.sum, profile.unit)),
    ]);
    let mut out = Vec::new();
    let shape = &profile.result;
    for title in &shape.titles {
        line::write_title(&mut out, profile, title);
    }
    let mut records = Vec::new();
    if !shape.header.is_empty() {
        records.push((&shape.header, head.clone()));
    }
    for (serial, line) in (1..).zip(settled) {
        records.push((&shape.detail, detail(profile, (serial, line), &head)));
    }
    if !shape.trailer.is_empty() {
        records.push((&shape.trailer, head));
    }
    for (columns, record) in records {
        // What the bank cannot write into a column it leaves out, as banks do.
        let _ = line::write(&mut out, profile, (columns, &record));
    }
    out
}

fn detail(profile: &Profile, (serial, settled): (u64, &Settled), head: &Record) -> Record {
    let mut record = head.clone();
    let (code, reference, taken) = match &settled.outcome {
        Ok(reference) => (code_of(profile, &Meaning::Paid), reference.clone(), settled.amount),
        Err((iso, _)) => {
            let meaning = Meaning::Refused((*iso).to_owned());
            (code_of(profile, &meaning), String::new(), Fen::ZERO)
        }
    };
    record.extend([
        (Field::Serial, serial.to_string()),
        (Field::EndToEndId, settled.end_to_end_id.clone()),
        (Field::Amount, amount::write(settled.amount, profile.unit)),
        (Field::Taken, amount::write(taken, profile.unit)),
        (Field::Code, code),
        (Field::Reference, reference),
    ]);
    record
}

/// The profile's code for a meaning, or its code for a refusal without a known reason.
fn code_of(profile: &Profile, meaning: &Meaning) -> String {
    let find = |wanted: &Meaning| {
        profile.codes.iter().find(|(_, meaning)| *meaning == wanted).map(|(code, _)| code.clone())
    };
    find(meaning).or_else(|| find(&Meaning::Refused("NARR".to_owned()))).unwrap_or_default()
}
