//! Lifting a suspension when money arrives: a rule, never a repair by hand.

use insurance::cause::Cause;
use insurance::entitlement::{Cover, MedicalPayment, cover_on};
use insurance::notice::NoticeKind;
use insurance::receipt::Receipt;
use store::Tx;
use store::tables::suspension;
use units::{Fen, Timestamp};

use crate::city::City;
use crate::decide_cover::medical_months;
use crate::write_notice::{Subject, write_notice};

/// Lifts the person's suspensions if the receipt paid the last medical arrears: from the day of
/// payment, or from the end of the waiting period. It runs in the receipt's own transaction, so
/// that a hospital that asks next sees it. Of somebody who stopped meanwhile the suspension ends
/// too, but no cover comes back that they could be told of.
///
/// # Errors
/// The database's.
pub fn restore_cover(
    tx: &mut Tx<'_>,
    city: &City,
    receipt: &Receipt,
    now: Timestamp,
) -> Result<(), store::Error> {
    if !suspension::is_suspended(tx, receipt.person)? {
        return Ok(());
    }
    let today = receipt.paid_at.date_in_shanghai();
    let Ok(lapse) = city.pack().topics().medical_lapse.on(today, today) else { return Ok(()) };
    let months = medical_months(tx, receipt.person, today.month())?;
    let owes = months.iter().any(|month| month.payment == MedicalPayment::Unpaid);
    let lifted_on = match cover_on(today, &months, &lapse.value) {
        Cover::Covered { .. } => today,
        Cover::Waiting { until } => until,
        Cover::NotInsured if !owes => {
            suspension::set_lifted(tx, receipt.person, today, receipt.id)?;
            return Ok(());
        }
        Cover::Suspended { .. } | Cover::NotInsured => return Ok(()),
    };
    suspension::set_lifted(tx, receipt.person, lifted_on, receipt.id)?;
    let subject = Subject { month: today.month(), subject: receipt.id.get(), amount: Fen::ZERO };
    let about = (receipt.person, NoticeKind::Restoration);
    write_notice(tx, city, about, (subject, Cause::Receipt(receipt.id)), now)?;
    Ok(())
}
