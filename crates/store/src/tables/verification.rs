//! The statements of `shebao verify`: each finds rows that contradict one another.

mod casework;

pub use casework::CASEWORK_RULES;

use crate::{Error, Tx};

/// A rule that stored rows must keep.
#[derive(Debug)]
pub struct Rule {
    /// A stable word.
    pub name: &'static str,
    /// Answers one text per broken row.
    sql: &'static str,
}

/// How many broken rows one rule names.
const BROKEN_MAX: i64 = 100;

/// Where rows that lie to one another are found. A person's rows are joined by `person_id` only.
pub const RULES: &[Rule] = &[
    Rule {
        name: "receipt_entry",
        sql: "SELECT 'receipt ' || r.receipt_id FROM receipt r LEFT JOIN \
              (SELECT person_id, entry_id, CAST(SUM(amount_fen) AS BIGINT) AS fen FROM posting \
              GROUP BY person_id, entry_id) p ON p.person_id = r.person_id \
              AND p.entry_id = r.entry_id WHERE p.fen IS NULL OR p.fen <> r.amount_fen LIMIT $1",
    },
    Rule {
        name: "entry_without_receipt",
        sql: "SELECT 'entry ' || e.entry_id FROM entry e WHERE e.kind = 2 AND NOT EXISTS \
              (SELECT 1 FROM receipt r WHERE r.person_id = e.person_id \
              AND r.entry_id = e.entry_id AND r.receipt_id = e.cause_id) LIMIT $1",
    },
    Rule {
        name: "posting_without_entry",
        sql: "SELECT 'posting of entry ' || p.entry_id FROM posting p WHERE NOT EXISTS \
              (SELECT 1 FROM entry e WHERE e.person_id = p.person_id \
              AND e.entry_id = p.entry_id) LIMIT $1",
    },
    Rule {
        name: "receipt_reference",
        sql: "SELECT 'receipt ' || r.receipt_id FROM receipt r LEFT JOIN channel_reference c \
              ON c.channel = r.channel AND c.reference = r.reference \
              WHERE (c.receipt_id IS NULL OR c.receipt_id <> r.receipt_id \
              OR c.person_id <> r.person_id OR c.amount_fen <> r.amount_fen \
              OR c.accounting_on <> r.accounting_on) AND NOT EXISTS (SELECT 1 \
              FROM receipt_move m WHERE m.person_id = r.person_id \
              AND m.receipt_id = r.receipt_id) LIMIT $1",
    },
    Rule {
        name: "reference_without_receipt",
        sql: "SELECT 'receipt ' || c.receipt_id FROM channel_reference c WHERE NOT EXISTS \
              (SELECT 1 FROM receipt r WHERE r.person_id = c.person_id \
              AND r.receipt_id = c.receipt_id) LIMIT $1",
    },
    Rule {
        name: "due_state",
        sql: "SELECT 'due of ' || d.month || ' branch ' || d.branch || ' of person ' || \
              d.person_id FROM due d LEFT JOIN (SELECT person_id, month, branch, part, \
              CAST(SUM(CASE WHEN credit BETWEEN 121 AND 129 THEN amount_fen \
              ELSE -amount_fen END) AS BIGINT) AS fen FROM posting WHERE month IS NOT NULL \
              GROUP BY person_id, month, branch, part) p ON p.person_id = d.person_id \
              AND p.month = d.month AND p.branch = d.branch AND p.part = d.part \
              WHERE COALESCE(p.fen, 0) <> CASE WHEN d.state IN (2, 4, 5) THEN d.amount_fen \
              ELSE 0 END OR d.state NOT IN (1, 2, 3, 4, 5) \
              OR (d.state IN (2, 4)) <> (d.paid_on IS NOT NULL) LIMIT $1",
    },
    Rule {
        name: "due_paid_day",
        sql: "SELECT 'due of ' || d.month || ' of person ' || d.person_id FROM due d \
              WHERE d.state IN (2, 4) AND NOT EXISTS (SELECT 1 FROM receipt r \
              WHERE r.person_id = d.person_id AND r.receipt_id = d.state_cause) LIMIT $1",
    },
    Rule {
        name: "arrears_of_closed_month",
        sql: "SELECT 'due of ' || d.month || ' of person ' || d.person_id FROM due d \
              JOIN month_close m ON m.month = d.month WHERE (d.state = 1 AND (d.part < 128 \
              OR EXISTS (SELECT 1 FROM assessment_batch b JOIN month_close c \
              ON c.month = b.asked_month WHERE b.batch_id = d.batch_id))) \
              OR (d.state IN (3, 4) AND NOT EXISTS (SELECT 1 FROM arrears a \
              WHERE a.person_id = d.person_id AND a.month = d.month AND a.branch = d.branch \
              AND a.part = d.part AND a.amount_fen = d.amount_fen)) LIMIT $1",
    },
    Rule {
        name: "arrears_without_due",
        sql: "SELECT 'arrears of ' || a.month || ' of person ' || a.person_id FROM arrears a \
              LEFT JOIN due d ON d.person_id = a.person_id AND d.month = a.month \
              AND d.branch = a.branch AND d.part = a.part WHERE d.person_id IS NULL \
              OR d.amount_fen <> a.amount_fen OR d.state NOT IN (3, 4, 5) LIMIT $1",
    },
    Rule {
        name: "month_close_totals",
        sql: "SELECT 'close of ' || m.month FROM month_close m LEFT JOIN \
              (SELECT a.month, COUNT(*) AS dues, CAST(SUM(a.amount_fen) AS BIGINT) AS fen \
              FROM arrears a JOIN month_close c ON c.month = a.month \
              AND a.recorded_at <= c.closed_at GROUP BY a.month) a ON a.month = m.month \
              WHERE COALESCE(a.dues, 0) <> m.arrears_count \
              OR COALESCE(a.fen, 0) <> m.arrears_fen LIMIT $1",
    },
    Rule {
        name: "suspense_receipt",
        sql: "SELECT 'suspense ' || s.suspense_id FROM suspense s LEFT JOIN \
              (SELECT r.person_id, r.receipt_id, CAST(SUM(p.amount_fen) AS BIGINT) AS fen \
              FROM receipt r JOIN posting p ON p.person_id = r.person_id \
              AND p.entry_id = r.entry_id AND p.credit = 200 \
              GROUP BY r.person_id, r.receipt_id) b ON b.person_id = s.person_id \
              AND b.receipt_id = s.receipt_id WHERE b.fen IS NULL OR b.fen <> s.amount_fen LIMIT $1",
    },
    Rule {
        name: "suspense_missing",
        sql: "SELECT 'entry ' || p.entry_id FROM posting p JOIN receipt r \
              ON r.person_id = p.person_id AND r.entry_id = p.entry_id WHERE p.credit = 200 \
              AND NOT EXISTS (SELECT 1 FROM suspense s WHERE s.person_id = r.person_id \
              AND s.receipt_id = r.receipt_id) LIMIT $1",
    },
    Rule {
        name: "suspense_balance",
        sql: "SELECT 'suspense holds ' || held.fen || ', the books say ' || booked.fen FROM \
              (SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) AS fen FROM suspense \
              WHERE state IN (1, 5)) held CROSS JOIN (SELECT CAST(COALESCE(SUM(CASE \
              WHEN credit = 200 THEN amount_fen ELSE -amount_fen END), 0) AS BIGINT) AS fen \
              FROM posting WHERE credit = 200 OR debit = 200) booked CROSS JOIN \
              (SELECT CAST(COALESCE(SUM(fen), 0) AS BIGINT) AS fen FROM (SELECT \
              MAX(o.amount_fen) AS fen FROM payment_order o WHERE o.source = 200 \
              AND NOT EXISTS (SELECT 1 FROM suspense s JOIN receipt r \
              ON r.person_id = s.person_id AND r.receipt_id = s.receipt_id \
              JOIN channel_reference c ON c.channel = r.channel AND c.reference = r.reference \
              WHERE s.person_id = o.person_id AND s.settled_by = o.case_id \
              AND c.receipt_id = s.receipt_id AND c.returned_by IS NOT NULL) \
              GROUP BY o.person_id, o.case_id, o.line HAVING MIN(o.state) = 3) lines) returned \
              WHERE held.fen + returned.fen <> booked.fen LIMIT $1",
    },
    Rule {
        name: "refund_entry",
        sql: "SELECT 'refund ' || r.refund_id FROM refund r JOIN refund_standing s \
              ON s.person_id = r.person_id AND s.refund_id = r.refund_id LEFT JOIN \
              (SELECT e.person_id, e.cause_id, CAST(SUM(p.amount_fen) AS BIGINT) AS fen \
              FROM entry e JOIN posting p ON p.person_id = e.person_id \
              AND p.entry_id = e.entry_id WHERE e.kind = 6 AND e.cause_kind = 7 \
              GROUP BY e.person_id, e.cause_id) b ON b.person_id = r.person_id \
              AND b.cause_id = r.refund_id WHERE COALESCE(b.fen, 0) <> \
              CASE WHEN s.state = 3 THEN r.amount_fen ELSE 0 END LIMIT $1",
    },
    Rule {
        name: "refund_standing",
        sql: "SELECT 'refund ' || r.refund_id FROM refund r LEFT JOIN refund_standing s \
              ON s.person_id = r.person_id AND s.refund_id = r.refund_id \
              WHERE s.refund_id IS NULL OR NOT EXISTS (SELECT 1 FROM refund_step t \
              WHERE t.person_id = r.person_id AND t.refund_id = r.refund_id \
              AND t.state = s.state) LIMIT $1",
    },
    Rule {
        name: "wechat_clearing",
        sql: "SELECT 'unmatched ' || COALESCE(o.fen, 0) || ', the books say ' || b.fen FROM \
              (SELECT CAST(COALESCE(SUM(CASE WHEN debit = 103 THEN amount_fen \
              ELSE -amount_fen END), 0) AS BIGINT) AS fen FROM posting \
              WHERE debit = 103 OR credit = 103) b CROSS JOIN \
              (SELECT CAST(COALESCE(SUM(m.fen), 0) AS BIGINT) AS fen FROM \
              (SELECT amount_fen AS fen FROM channel_reference WHERE channel = 3 \
              AND matched_on IS NULL AND returned_by IS NULL UNION ALL \
              SELECT -r.amount_fen AS fen FROM refund r JOIN refund_standing s \
              ON s.person_id = r.person_id AND s.refund_id = r.refund_id \
              WHERE r.channel = 3 AND s.state = 3 AND s.matched_on IS NULL) m) o \
              WHERE o.fen <> b.fen LIMIT $1",
    },
    Rule {
        name: "suspension_cause",
        sql: "SELECT 'suspension ' || s.suspension_id FROM suspension s WHERE NOT EXISTS \
              (SELECT 1 FROM arrears a WHERE a.person_id = s.person_id \
              AND a.month = s.unpaid_month AND a.branch = 2) \
              OR (s.notice_id IS NULL AND s.task_id IS NULL) LIMIT $1",
    },
    Rule {
        name: "suspension_missing",
        sql: "SELECT 'arrears of ' || a.month || ' of person ' || a.person_id FROM arrears a \
              JOIN month_close m ON m.month = a.month WHERE a.branch = 2 AND a.part < 128 \
              AND NOT EXISTS (SELECT 1 FROM suspension s WHERE s.person_id = a.person_id \
              AND s.unpaid_month = a.month) LIMIT $1",
    },
    Rule {
        name: "channel_day_totals",
        sql: "SELECT 'day ' || d.accounting_on || ' of channel ' || d.channel FROM channel_day d \
              WHERE d.state = 1 AND (d.booked_count <> d.stated_count \
              OR d.booked_fen <> d.stated_fen) AND NOT EXISTS (SELECT 1 FROM difference x \
              WHERE x.channel = d.channel AND x.accounting_on = d.accounting_on \
              AND x.settled_at IS NOT NULL) LIMIT $1",
    },
    Rule {
        name: "difference_settled",
        sql: "SELECT 'difference ' || s.difference_id FROM difference_step s \
              JOIN difference d ON d.difference_id = s.difference_id \
              WHERE (s.kind IN (3, 6)) AND (d.settled_at IS NULL \
              OR (s.kind = 3 AND NOT EXISTS (SELECT 1 FROM difference_step p \
              WHERE p.difference_id = s.difference_id AND p.step < s.step AND p.kind = 2 \
              AND p.action = s.action AND p.clerk_id <> s.clerk_id \
              AND p.staff_number <> s.staff_number))) LIMIT $1",
    },
    Rule {
        name: "payment_items",
        sql: "SELECT 'payment ' || p.payment_id FROM payment p LEFT JOIN (SELECT person_id, \
              payment_id, CAST(SUM(amount_fen) AS BIGINT) AS fen FROM payment_item \
              GROUP BY person_id, payment_id) i ON i.person_id = p.person_id \
              AND i.payment_id = p.payment_id \
              WHERE COALESCE(i.fen, -1) <> p.amount_fen LIMIT $1",
    },
];

/// The broken rows of a rule, in words.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_broken(tx: &mut Tx<'_>, rule: &Rule) -> Result<Vec<String>, Error> {
    tx.query(rule.sql, &[BROKEN_MAX.into()], |row| row.string(0))
}
