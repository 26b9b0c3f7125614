//! How the sandbox bank sends its answers: as agreed, or in one of the ways banks are known for.

use units::{Date, Timestamp};

use super::Settled;
use super::iso_answer::{AnswerHead, notification, returns, status_report};
use super::order_file::OrderFile;
use crate::bank_batch::split_mix::SplitMix;

/// How the bank answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manner {
    /// A status report of everything, then a notification of the money, the same evening.
    Plain,
    /// The same, one to three days later.
    Late,
    /// Everything twice, the second time under other file numbers.
    Twice,
    /// The notification first, and the lines in another order.
    OutOfOrder,
    /// Several status reports and notifications, each of some lines.
    InParts,
    /// A status report of the rejected lines only; the money only in the notification.
    RejectsOnly,
    /// A status report whose totals are wrong, then a right one.
    BrokenTotals,
    /// As agreed, and money and a rejection for numbers that nobody knows.
    UnknownIds,
    /// As agreed, and a day later some of the money is taken back.
    Returns,
}

impl Manner {
    /// Every manner.
    pub const ALL: [Self; 9] = [
        Self::Plain,
        Self::Late,
        Self::Twice,
        Self::OutOfOrder,
        Self::InParts,
        Self::RejectsOnly,
        Self::BrokenTotals,
        Self::UnknownIds,
        Self::Returns,
    ];

    /// The word of the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Late => "late",
            Self::Twice => "twice",
            Self::OutOfOrder => "out-of-order",
            Self::InParts => "in-parts",
            Self::RejectsOnly => "rejects-only",
            Self::BrokenTotals => "broken-totals",
            Self::UnknownIds => "unknown-ids",
            Self::Returns => "returns",
        }
    }
}

impl std::str::FromStr for Manner {
    type Err = NotManner;

    fn from_str(text: &str) -> Result<Self, NotManner> {
        Self::ALL.into_iter().find(|manner| manner.word() == text).ok_or(NotManner)
    }
}

/// The text is no manner of the sandbox bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the sandbox bank answers plain, late, twice, out-of-order, in-parts, rejects-only, \
     broken-totals, unknown-ids or returns"
)]
pub struct NotManner;

/// One file that the bank sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its name, unique for the file that it answers.
    pub name: String,
    /// When it arrives.
    pub at: Timestamp,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The files that the bank sends for a settled file, in the order in which they arrive.
pub fn answer(
    file: &OrderFile,
    settled: &[Settled],
    (manner, on): (Manner, Date),
    rng: &mut SplitMix,
) -> Vec<Answer> {
    let mut answers = Answers { file, on, sent: Vec::new() };
    let mut lines: Vec<&Settled> = settled.iter().collect();
    match manner {
        Manner::Plain => answers.both(&lines),
        Manner::Late => {
            answers.on = on.plus_days(1 + i32::try_from(rng.below(3)).unwrap_or(0)).unwrap_or(on);
            answers.both(&lines);
        }
        Manner::Twice => {
            answers.both(&lines);
            answers.both(&lines);
        }
        Manner::OutOfOrder => {
            rng.shuffle(&mut lines);
            answers.money(&lines);
            rng.shuffle(&mut lines);
            answers.report(&lines);
        }
        Manner::InParts => {
            rng.shuffle(&mut lines);
            let parts = 2 + rng.index(3);
            let size = lines.len().div_ceil(parts).max(1);
            let mut halves: Vec<(bool, &[&Settled])> =
                lines.chunks(size).flat_map(|part| [(true, part), (false, part)]).collect();
            rng.shuffle(&mut halves);
            for (is_report, part) in halves {
                if is_report { answers.report(part) } else { answers.money(part) }
            }
        }
        Manner::RejectsOnly => {
            let rejected: Vec<&Settled> =
                lines.iter().copied().filter(|line| line.outcome.is_err()).collect();
            answers.report(&rejected);
            answers.money(&lines);
        }
        Manner::BrokenTotals => {
            answers.report(&lines);
            answers.break_last();
            answers.both(&lines);
        }
        Manner::UnknownIds => {
            answers.both(&lines);
            let strangers = strangers(on);
            let strangers: Vec<&Settled> = strangers.iter().collect();
            answers.money(&strangers);
        }
        Manner::Returns => {
            answers.both(&lines);
            let taken_back: Vec<&Settled> = lines
                .iter()
                .copied()
                .filter(|line| line.outcome.is_ok() && rng.below(5) == 0)
                .collect();
            answers.on = on.next();
            answers.returns(&taken_back);
        }
    }
    answers.sent
}

/// Money that nobody asked for.
fn strangers(on: Date) -> [Settled; 2] {
    ["NOTPROVIDED", "FE202611-00000001-PEN-1"].map(|id| Settled {
        end_to_end_id: id.to_owned(),
        amount: units::Fen::from_yuan(88),
        outcome: Ok(super::reference(id, on)),
    })
}

struct Answers<'a> {
    file: &'a OrderFile,
    on: Date,
    sent: Vec<Answer>,
}

impl Answers<'_> {
    fn both(&mut self, lines: &[&Settled]) {
        self.report(lines);
        self.money(lines);
    }

    fn report(&mut self, lines: &[&Settled]) {
        self.send("pain002", |head| status_report(head, lines));
    }

    fn money(&mut self, lines: &[&Settled]) {
        self.send("camt054", |head| notification(head, lines));
    }

    fn returns(&mut self, lines: &[&Settled]) {
        self.send("camt054", |head| returns(head, lines));
    }

    fn send(&mut self, kind: &str, write: impl FnOnce(&AnswerHead<'_>) -> Vec<u8>) {
        let number = self.sent.len() + 1;
        // From 20:00, a minute apart: in the order in which they are sent.
        let minutes = i64::try_from(number).unwrap_or(0);
        let at = Timestamp::start_of(self.on).plus_seconds(20 * 3600 + minutes * 60);
        // At most 33 + 2 characters, as ISO 20022 wants.
        let message_id: String = format!("{}R{number}", self.file.message_id);
        let message_id = message_id.chars().rev().take(35).collect::<Vec<_>>();
        let message_id = message_id.into_iter().rev().collect();
        let head = AnswerHead { message_id, created_at: at, on: self.on, file: self.file };
        let name = format!("{}.{number:02}.{kind}.xml", self.file.message_id);
        let bytes = write(&head);
        self.sent.push(Answer { name, at, bytes });
    }

    /// Makes the last report claim one transaction more than there is.
    fn break_last(&mut self) {
        let (right, wrong) = (self.file.totals.count, self.file.totals.count + 1);
        if let Some(answer) = self.sent.last_mut() {
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            let right = format!("<OrgnlNbOfTxs>{right}<");
            let wrong = format!("<OrgnlNbOfTxs>{wrong}<");
            answer.bytes = text.replacen(&right, &wrong, 1).into_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::bank_batch::bank_result::{BankResult, Outcome};
    use crate::bank_batch::debit::Totals;
    use crate::bank_batch::sandbox::{Card, SandboxBank, Shortfall, order_file};
    use crate::bank_batch::{Limits, camt_054, pain_002, sample, xmllint};

    /// Nine people: enough money, for two dues, for one; none; closed, blocked, another's; no card.
    fn settled() -> (OrderFile, Vec<Settled>) {
        let debits = sample::debits(9);
        let file = order_file::read(&*sample::pain_008(&debits)).unwrap();
        let mut bank = SandboxBank::default();
        let open = |yuan| Card::Open(units::Fen::from_yuan(yuan));
        let cards = [
            open(9_999),
            open(1_400),
            open(1_000),
            open(0),
            Card::Closed,
            Card::Blocked,
            Card::OfAnother,
            open(1_474),
        ];
        for (person, card) in debits.iter().step_by(3).zip(cards) {
            bank.set_card(&person.account, card);
        }
        let settled = bank.process(&file, Shortfall::Continue, day());
        (file, settled)
    }

    fn day() -> Date {
        "2026-11-26".parse().unwrap()
    }

    fn read(file: &OrderFile, answer: &Answer) -> Result<Vec<BankResult>, String> {
        let mut results = Vec::new();
        let sent = |id: &str| (id == file.message_id).then_some(file.totals);
        let intake = pain_002::Intake { limits: Limits::STANDARD, sent: &sent };
        let keep = |result| results.push(result);
        let summary = if answer.name.contains("pain002") {
            pain_002::read(&*answer.bytes, intake, keep)
        } else {
            camt_054::read(&*answer.bytes, Limits::STANDARD, keep)
        };
        summary.map_err(|error| error.to_string())?;
        Ok(results)
    }

    #[test]
    fn every_answer_is_valid_and_the_same_for_the_same_seed() {
        let (file, settled) = settled();
        let mut by_schema =
            BTreeMap::from([("pain.002.001.10", vec![]), ("camt.054.001.08", vec![])]);
        for manner in Manner::ALL {
            let sent = answer(&file, &settled, (manner, day()), &mut SplitMix::new(5));
            assert_eq!(sent, answer(&file, &settled, (manner, day()), &mut SplitMix::new(5)));
            for answer in sent {
                let report = answer.name.contains("pain002");
                let schema = if report { "pain.002.001.10" } else { "camt.054.001.08" };
                by_schema.get_mut(schema).unwrap().push(answer.bytes);
            }
        }
        for (schema, documents) in by_schema {
            if let Some(verdicts) = xmllint::verdicts(schema, &documents) {
                assert!(verdicts.iter().all(|valid| *valid), "{schema}");
            }
        }
    }

    #[test]
    fn whatever_the_manner_the_answers_say_what_the_bank_did() {
        let (file, settled) = settled();
        for manner in Manner::ALL {
            for seed in 0..20 {
                let sent = answer(&file, &settled, (manner, day()), &mut SplitMix::new(seed));
                let mut told: BTreeMap<String, Outcome> = BTreeMap::new();
                let mut refused = 0;
                for answer in &sent {
                    let Ok(results) = read(&file, answer) else {
                        refused += 1;
                        continue;
                    };
                    for BankResult { end_to_end_id, outcome, .. } in results {
                        if let Outcome::Returned { .. } = outcome {
                            let collected = told.get(&end_to_end_id);
                            assert!(matches!(collected, Some(Outcome::Collected { .. })));
                            continue;
                        }
                        told.insert(end_to_end_id, outcome);
                    }
                }
                assert_eq!(refused, usize::from(manner == Manner::BrokenTotals), "{manner:?}");
                for line in &settled {
                    let expected = line.outcome.is_ok();
                    let outcome = told.remove(&line.end_to_end_id).expect("every line is told");
                    assert_eq!(matches!(outcome, Outcome::Collected { .. }), expected);
                    assert_eq!(matches!(outcome, Outcome::Rejected { .. }), !expected);
                }
                let strangers = if manner == Manner::UnknownIds { 2 } else { 0 };
                assert_eq!(told.len(), strangers, "{manner:?}");
            }
        }
    }

    #[test]
    fn the_independent_reader_finds_the_same_amounts_numbers_and_reasons() {
        let (file, settled) = settled();
        let sent = answer(&file, &settled, (Manner::Plain, day()), &mut SplitMix::new(1));
        let [report, money] = sent.as_slice() else { panic!("two files") };
        let theirs =
            sepa::pain002::parse_pain002(std::str::from_utf8(&report.bytes).unwrap()).unwrap();
        let ours = read(&file, report).unwrap();
        let listed = &theirs.payment_info_statuses[0].transactions;
        assert_eq!((listed.len(), ours.len()), (settled.len(), settled.len()));
        for ((their, our), truth) in listed.iter().zip(&ours).zip(&settled) {
            assert_eq!(their.original_end_to_end_id.as_ref(), Some(&our.end_to_end_id));
            assert_eq!(their.original_amount_ct, Some(truth.amount.fen()));
            let their_code = their.reason_codes.first().map(|code| code.as_code().to_owned());
            let our_code = match &our.outcome {
                Outcome::Rejected { raw, .. } => raw.split(' ').next().map(str::to_owned),
                _ => None,
            };
            assert_eq!(their_code, our_code);
        }
        let theirs =
            sepa::camt054::parse_camt054(std::str::from_utf8(&money.bytes).unwrap()).unwrap();
        let entry = &theirs.notifications[0].entries[0];
        let ours = read(&file, money).unwrap();
        let paid = ours.iter().fold(Totals::default(), |totals, result| match result.outcome {
            Outcome::Collected { amount: Some(amount), .. } => totals.with(amount).unwrap(),
            _ => panic!("only money"),
        });
        assert_eq!(entry.signed_ct(), Some(paid.sum.fen()));
        assert_eq!(entry.details.len(), ours.len());
    }
}
