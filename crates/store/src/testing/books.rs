//! The books as text, to compare those of two databases.

use crate::Db;

/// Everything that booking may write, as text: each row without the numbers that the program draws
/// for itself, and with a receipt's reference where another row names the receipt.
const BOOKS: [&str; 13] = [
    "SELECT 'due ' || d.person_id || ' ' || d.branch || ' ' || d.state || ' ' || \
     COALESCE(d.paid_on, '-') || ' ' || COALESCE((SELECT r.reference FROM receipt r WHERE \
     r.person_id = d.person_id AND r.receipt_id = d.state_cause), '-') FROM due d",
    "SELECT 'receipt ' || person_id || ' ' || reference || ' ' || amount_fen || ' ' || paid_at || \
     ' ' || accounting_on || ' ' || COALESCE((SELECT digest FROM inbound_message i WHERE \
     i.message_id = receipt.message_id), '-') FROM receipt",
    "SELECT 'reference ' || reference || ' ' || person_id || ' ' || amount_fen || ' ' || \
     accounting_on || ' ' || COALESCE(returned_by, '-') FROM channel_reference",
    "SELECT 'entry ' || e.person_id || ' ' || e.kind || ' ' || e.effective_on || ' ' || \
     e.cause_kind || ' ' || COALESCE((SELECT r.reference FROM receipt r WHERE \
     r.person_id = e.person_id AND r.receipt_id = e.cause_id), '-') || ' ' || p.line || ' ' || \
     p.debit || ' ' || p.credit || ' ' || p.amount_fen || ' ' || COALESCE(p.month, 0) || ' ' || \
     COALESCE(p.branch, 0) || ' ' || COALESCE(p.part, 0) FROM entry e JOIN posting p \
     ON p.person_id = e.person_id AND p.entry_id = e.entry_id",
    "SELECT 'chain ' || person_id || ' ' || entries FROM ledger_chain",
    "SELECT 'debit ' || person_id || ' ' || branch || ' ' || attempt || ' ' || state || ' ' || \
     COALESCE(retry, 0) || ' ' || COALESCE(reason, '-') || ' ' || COALESCE(raw, '-') || ' ' || \
     COALESCE(bank_reference, '-') || ' ' || COALESCE(proof, 0) FROM debit",
    "SELECT 'payment ' || person_id || ' ' || payment_id || ' ' || state FROM payment",
    "SELECT 'item ' || person_id || ' ' || branch || ' ' || state || ' ' || \
     COALESCE(reason, '-') || ' ' || COALESCE(raw, '-') FROM payment_item",
    "SELECT 'notice ' || n.person_id || ' ' || n.kind || ' ' || n.month || ' ' || n.amount_fen || \
     ' ' || n.cause_kind || ' ' || COALESCE((SELECT r.reference FROM receipt r WHERE \
     r.person_id = n.person_id AND r.receipt_id = n.subject), '-') FROM notice n",
    "SELECT 'suspense ' || person_id || ' ' || amount_fen || ' ' || reason || ' ' || state || \
     ' ' || owner FROM suspense",
    "SELECT 'suspension ' || person_id || ' ' || unpaid_month || ' ' || \
     COALESCE(lifted_on, '-') FROM suspension",
    "SELECT 'difference ' || reference || ' ' || kind || ' ' || COALESCE(our_fen, 0) || ' ' || \
     COALESCE(their_fen, 0) || ' ' || owner || ' ' || accounting_on FROM difference",
    "SELECT 'mandate ' || person_id || ' ' || COALESCE(ended_on, '-') || ' ' || (SELECT \
     COUNT(*) FROM task t WHERE t.person_id = mandate.person_id AND t.kind = 41) FROM mandate",
];

/// Everything that booking a bank's answer may write, a row a line, in order.
///
/// # Panics
/// When the database can't be read.
#[must_use]
pub fn list_books(db: &Db) -> Vec<String> {
    let read = |tx: &mut crate::Tx<'_>| {
        let mut rows = Vec::new();
        for sql in BOOKS {
            rows.extend(tx.query(sql, &[], |row| row.string(0))?);
        }
        Ok::<_, crate::Error>(rows)
    };
    let mut rows = db.read(read).expect("the books can be read");
    rows.sort();
    rows
}
