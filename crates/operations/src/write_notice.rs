//! Writing down who must be told what. Sending is another job's work.

use insurance::cause::Cause;
use insurance::ids::{NoticeId, PersonId};
use insurance::notice::NoticeKind;
use store::Tx;
use store::tables::notice::{self, Notice};
use units::{Fen, Month, Timestamp};

use crate::city::City;

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// 费款所属期.
    pub month: Month,
    /// A receipt's number, or 0; one notice is written per kind, month and subject.
    pub subject: i64,
    /// The sum that it names.
    pub amount: Fen,
}

/// Writes a notice once; answers its number, or `None` when it was written before.
///
/// # Errors
/// The database's.
pub fn write_notice(
    tx: &mut Tx<'_>,
    city: &City,
    (person, kind): (PersonId, NoticeKind),
    (subject, cause): (Subject, Cause),
    now: Timestamp,
) -> Result<Option<NoticeId>, store::Error> {
    let notice = Notice {
        person,
        id: city.fresh(now),
        kind,
        month: subject.month,
        subject: subject.subject,
        amount: subject.amount,
        cause,
        created_at: now,
    };
    Ok((notice::insert(tx, &notice)? == 1).then_some(notice.id))
}
