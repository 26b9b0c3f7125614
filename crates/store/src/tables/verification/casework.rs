//! The rules of casework: payment orders, transfers, corrections, settled suspense.

use super::Rule;

/// Where rows of cases that lie to one another are found.
pub const CASEWORK_RULES: &[Rule] = &[
    Rule {
        name: "payment_order_entry",
        sql: "SELECT 'order ' || o.order_id FROM payment_order o LEFT JOIN posting p \
              ON p.person_id = o.person_id AND p.entry_id = o.entry_id AND p.credit = 210 \
              AND p.debit = o.source WHERE p.amount_fen IS NULL \
              OR p.amount_fen <> o.amount_fen LIMIT $1",
    },
    Rule {
        name: "payment_order_missing",
        sql: "SELECT 'entry ' || e.entry_id FROM entry e WHERE e.kind = 20 AND NOT EXISTS \
              (SELECT 1 FROM payment_order o WHERE o.person_id = e.person_id \
              AND o.entry_id = e.entry_id AND o.case_id = e.cause_id) LIMIT $1",
    },
    Rule {
        name: "payment_order_state",
        sql: "SELECT 'order ' || o.order_id FROM payment_order o LEFT JOIN payment_order_event a \
              ON a.person_id = o.person_id AND a.order_id = o.order_id \
              WHERE o.state <> COALESCE(a.event, 1) LIMIT $1",
    },
    Rule {
        name: "payment_answer_entry",
        sql: "SELECT 'order ' || a.order_id FROM payment_order_event a LEFT JOIN payment_order o \
              ON o.person_id = a.person_id AND o.order_id = a.order_id LEFT JOIN entry e \
              ON e.person_id = a.person_id AND e.entry_id = a.entry_id LEFT JOIN posting p \
              ON p.person_id = a.person_id AND p.entry_id = a.entry_id \
              WHERE o.order_id IS NULL OR e.kind IS NULL OR e.kind <> 19 + a.event \
              OR e.effective_on <> a.effective_on OR p.debit IS NULL OR p.debit <> 210 \
              OR p.credit <> CASE WHEN a.event = 2 THEN 110 ELSE o.source END \
              OR p.amount_fen <> o.amount_fen LIMIT $1",
    },
    Rule {
        name: "payment_answer_missing",
        sql: "SELECT 'entry ' || e.entry_id FROM entry e WHERE e.kind IN (21, 22) AND NOT EXISTS \
              (SELECT 1 FROM payment_order_event a WHERE a.person_id = e.person_id \
              AND a.entry_id = e.entry_id) LIMIT $1",
    },
    Rule {
        name: "transfer_in_entry",
        sql: "SELECT 'transfer of case ' || t.case_id FROM transfer t LEFT JOIN \
              (SELECT person_id, entry_id, \
              CAST(SUM(CASE WHEN credit BETWEEN 321 AND 329 THEN amount_fen ELSE 0 END) AS BIGINT) \
              AS account_fen, \
              CAST(SUM(CASE WHEN credit BETWEEN 311 AND 319 THEN amount_fen ELSE 0 END) AS BIGINT) \
              AS pooled_fen FROM posting WHERE debit = 110 GROUP BY person_id, entry_id) p \
              ON p.person_id = t.person_id AND p.entry_id = t.entry_id WHERE t.direction = 1 \
              AND (COALESCE(p.account_fen, 0) <> t.account_fen \
              OR COALESCE(p.pooled_fen, 0) <> t.pooled_fen) LIMIT $1",
    },
    Rule {
        name: "transfer_missing",
        sql: "SELECT 'entry ' || e.entry_id FROM entry e WHERE e.kind = 25 AND NOT EXISTS \
              (SELECT 1 FROM transfer t WHERE t.person_id = e.person_id \
              AND t.entry_id = e.entry_id AND t.case_id = e.cause_id) LIMIT $1",
    },
    Rule {
        name: "transfer_out_orders",
        sql: "SELECT 'transfer of case ' || t.case_id FROM transfer t LEFT JOIN \
              (SELECT person_id, case_id, CAST(SUM(fen) AS BIGINT) AS fen FROM \
              (SELECT person_id, case_id, line, MAX(amount_fen) AS fen FROM payment_order \
              GROUP BY person_id, case_id, line) lines GROUP BY person_id, case_id) o \
              ON o.person_id = t.person_id AND o.case_id = t.case_id WHERE t.direction = 2 \
              AND COALESCE(o.fen, 0) <> t.account_fen + t.pooled_fen LIMIT $1",
    },
    Rule {
        name: "transferred_months",
        sql: "SELECT 'transfer of case ' || t.case_id FROM transfer t WHERE t.direction = 1 \
              AND t.months <> (SELECT COUNT(*) FROM transferred_month m \
              WHERE m.person_id = t.person_id AND m.case_id = t.case_id) LIMIT $1",
    },
    Rule {
        name: "transferred_month_cause",
        sql: "SELECT 'month ' || m.month || ' of case ' || m.case_id FROM transferred_month m \
              WHERE NOT EXISTS (SELECT 1 FROM transfer t WHERE t.person_id = m.person_id \
              AND t.case_id = m.case_id AND t.branch = m.branch AND t.direction = 1) LIMIT $1",
    },
    Rule {
        name: "receipt_move_entry",
        sql: "SELECT 'receipt ' || m.receipt_id FROM receipt_move m LEFT JOIN receipt r \
              ON r.person_id = m.person_id AND r.receipt_id = m.receipt_id LEFT JOIN \
              (SELECT person_id, entry_id, CAST(SUM(amount_fen) AS BIGINT) AS fen FROM posting \
              WHERE credit = 205 GROUP BY person_id, entry_id) p ON p.person_id = m.person_id \
              AND p.entry_id = m.entry_id WHERE r.receipt_id IS NULL OR p.fen IS NULL \
              OR p.fen <> r.amount_fen LIMIT $1",
    },
    Rule {
        name: "receipt_move_target",
        sql: "SELECT 'receipt ' || m.receipt_id FROM receipt_move m JOIN receipt r \
              ON r.person_id = m.person_id AND r.receipt_id = m.receipt_id LEFT JOIN receipt n \
              ON n.person_id = m.to_person AND n.receipt_id = m.to_receipt \
              WHERE n.receipt_id IS NULL OR n.amount_fen <> r.amount_fen \
              OR n.channel <> r.channel OR n.reference <> r.reference LIMIT $1",
    },
    Rule {
        name: "receipt_move_missing",
        sql: "SELECT 'entry ' || e.entry_id FROM entry e WHERE e.kind = 23 AND NOT EXISTS \
              (SELECT 1 FROM receipt_move m WHERE m.person_id = e.person_id \
              AND m.entry_id = e.entry_id AND m.case_id = e.cause_id) LIMIT $1",
    },
    Rule {
        name: "suspense_settled",
        sql: "SELECT 'suspense ' || s.suspense_id FROM suspense s JOIN office_case c \
              ON c.person_id = s.person_id AND c.case_id = s.settled_by LEFT JOIN \
              (SELECT e.person_id, e.cause_id, CAST(SUM(p.amount_fen) AS BIGINT) AS fen \
              FROM entry e JOIN posting p ON p.person_id = e.person_id \
              AND p.entry_id = e.entry_id WHERE e.kind = 24 AND p.debit = 200 \
              GROUP BY e.person_id, e.cause_id) a ON a.person_id = s.person_id \
              AND a.cause_id = s.settled_by LEFT JOIN \
              (SELECT person_id, case_id, MAX(amount_fen) AS fen FROM payment_order \
              WHERE source = 200 GROUP BY person_id, case_id) o ON o.person_id = s.person_id \
              AND o.case_id = s.settled_by WHERE s.state IN (2, 3) \
              AND COALESCE(a.fen, 0) + COALESCE(o.fen, 0) <> s.amount_fen LIMIT $1",
    },
    Rule {
        name: "application_cause",
        sql: "SELECT 'entry ' || e.entry_id FROM entry e WHERE e.kind = 24 AND NOT EXISTS \
              (SELECT 1 FROM suspense s WHERE s.person_id = e.person_id \
              AND s.settled_by = e.cause_id AND s.state IN (3, 4)) LIMIT $1",
    },
    Rule {
        name: "application_undone",
        sql: "SELECT 'suspense of person ' || person_id FROM (SELECT e.person_id, \
              p.amount_fen AS fen FROM entry e JOIN posting p ON p.person_id = e.person_id \
              AND p.entry_id = e.entry_id WHERE e.kind = 26 AND p.credit = 200 UNION ALL \
              SELECT e.person_id, -p.amount_fen FROM suspense s JOIN entry e \
              ON e.person_id = s.person_id AND e.kind = 24 AND e.cause_id = s.settled_by \
              JOIN posting p ON p.person_id = e.person_id AND p.entry_id = e.entry_id \
              WHERE s.state = 4) undone GROUP BY person_id HAVING SUM(fen) <> 0 LIMIT $1",
    },
    Rule {
        name: "claim_balance",
        sql: "SELECT 'claim on person ' || person_id FROM (SELECT person_id, \
              CASE WHEN debit = 130 THEN amount_fen ELSE -amount_fen END AS fen FROM posting \
              WHERE debit = 130 OR credit = 130 UNION ALL \
              SELECT t.person_id, -t.fen FROM (SELECT s.person_id, s.receipt_id, \
              o.amount_fen AS fen FROM suspense s JOIN payment_order o \
              ON o.person_id = s.person_id AND o.case_id = s.settled_by \
              WHERE o.source = 200 AND o.state IN (1, 2) UNION ALL \
              SELECT s.person_id, s.receipt_id, s.amount_fen FROM suspense s WHERE s.state = 5 \
              OR (s.state = 2 AND EXISTS (SELECT 1 FROM refund f \
              WHERE f.person_id = s.person_id AND f.refund_id = s.settled_by))) t \
              JOIN receipt r ON r.person_id = t.person_id AND r.receipt_id = t.receipt_id \
              JOIN channel_reference c ON c.channel = r.channel AND c.reference = r.reference \
              WHERE c.receipt_id = t.receipt_id AND c.returned_by IS NOT NULL UNION ALL \
              SELECT person_id, amount_fen FROM recovery) claims \
              GROUP BY person_id HAVING SUM(fen) <> 0 LIMIT $1",
    },
    Rule {
        name: "recovery_entry",
        sql: "SELECT 'recovery of case ' || r.case_id FROM recovery r LEFT JOIN entry e \
              ON e.person_id = r.person_id AND e.entry_id = r.entry_id LEFT JOIN posting p \
              ON p.person_id = r.person_id AND p.entry_id = r.entry_id WHERE e.kind IS NULL \
              OR e.kind <> 28 OR e.cause_id <> r.case_id OR e.effective_on <> r.arrived_on \
              OR p.amount_fen IS NULL OR p.amount_fen <> r.amount_fen OR p.debit <> 110 \
              OR p.credit <> 130 LIMIT $1",
    },
    Rule {
        name: "recovery_missing",
        sql: "SELECT 'entry ' || e.entry_id FROM entry e WHERE e.kind = 28 AND NOT EXISTS \
              (SELECT 1 FROM recovery r WHERE r.person_id = e.person_id \
              AND r.entry_id = e.entry_id) LIMIT $1",
    },
    Rule {
        name: "case_event_case",
        sql: "SELECT 'case ' || v.case_id FROM case_event v WHERE NOT EXISTS \
              (SELECT 1 FROM office_case c WHERE c.person_id = v.person_id \
              AND c.case_id = v.case_id) LIMIT $1",
    },
    Rule {
        name: "case_order_case",
        sql: "SELECT 'order ' || o.order_id FROM payment_order o WHERE NOT EXISTS \
              (SELECT 1 FROM office_case c WHERE c.person_id = o.person_id \
              AND c.case_id = o.case_id) LIMIT $1",
    },
];
