//! What somebody could do to the money tables behind the program's back.

/// Statements that no part of the program would run, at least one for each money table. After each
/// of them `shebao verify` must find something.
pub const DAMAGES: &[&str] = &[
    "UPDATE due SET amount_fen = amount_fen + 1 WHERE branch = 1",
    "UPDATE due SET base_fen = base_fen + 100 WHERE branch = 1",
    "UPDATE due SET account_fen = account_fen + 1 WHERE branch = 1",
    "UPDATE due SET state = 2, paid_on = '2026-11-10' WHERE state = 3",
    "UPDATE due SET state = 3, paid_on = NULL WHERE state = 2",
    "UPDATE due SET paid_on = '2026-11-11', state_cause = 1 WHERE state = 2",
    "DELETE FROM due WHERE branch = 3",
    "INSERT INTO due (person_id, month, branch, part, base_fen, amount_fen, account_fen, \
     batch_id, state) SELECT person_id, month, branch, 9, base_fen, amount_fen, account_fen, \
     batch_id, state FROM due WHERE branch = 1",
    "UPDATE assessment_batch SET amount_fen = amount_fen + 1",
    "DELETE FROM assessment_batch",
    "UPDATE arrears SET amount_fen = amount_fen + 1",
    "DELETE FROM arrears WHERE branch = 1",
    "UPDATE receipt SET amount_fen = amount_fen + 1",
    "DELETE FROM receipt",
    "UPDATE channel_reference SET amount_fen = amount_fen + 1",
    "DELETE FROM channel_reference",
    "UPDATE entry SET effective_on = '2026-11-12' WHERE kind = 2",
    "DELETE FROM entry WHERE kind = 2",
    "UPDATE posting SET amount_fen = amount_fen + 1 WHERE line = 1",
    "UPDATE posting SET credit = 122 WHERE credit = 121",
    "DELETE FROM posting WHERE line = 1",
    "UPDATE ledger_chain SET entries = entries + 1",
    "DELETE FROM ledger_chain",
    "UPDATE suspense SET amount_fen = amount_fen + 1",
    "DELETE FROM suspense",
    "DELETE FROM suspension",
    "UPDATE month_close SET arrears_fen = arrears_fen + 1",
    "UPDATE channel_day SET stated_fen = stated_fen + 1",
];

/// The same for what cases leave behind: a city where an account was paid out, one payment came
/// back, months came from another city, held money was applied and sent back, and a receipt was
/// moved to its rightful person.
pub const CASE_DAMAGES: &[&str] = &[
    "UPDATE payment_order SET amount_fen = amount_fen + 1",
    "UPDATE payment_order SET account_number = '6222000000000000000'",
    "UPDATE payment_order SET holder = '王二'",
    "UPDATE payment_order SET source = 411 WHERE source = 421",
    "UPDATE payment_order SET state = 2 WHERE state = 1",
    "UPDATE payment_order SET state = 1 WHERE state = 2",
    "UPDATE payment_order SET case_id = case_id + 1",
    "DELETE FROM payment_order",
    "UPDATE payment_order_event SET event = 3 WHERE event = 2",
    "UPDATE payment_order_event SET effective_on = '2026-11-01'",
    "DELETE FROM payment_order_event",
    "UPDATE office_case SET state = 5 WHERE state = 4",
    "UPDATE office_case SET kind = 2 WHERE kind = 1",
    "DELETE FROM office_case",
    "DELETE FROM case_event WHERE event = 4",
    "DELETE FROM case_event WHERE step = 1",
    "UPDATE case_event SET amount_fen = amount_fen + 1 WHERE event = 2 AND amount_fen > 0",
    "UPDATE case_event SET staff_number = 'W1' WHERE event = 4",
    "UPDATE case_event SET clerk_id = (SELECT MIN(e.clerk_id) FROM case_event e \
     WHERE e.event = 1) WHERE event IN (1, 4)",
    "UPDATE transfer SET account_fen = account_fen + 1",
    "UPDATE transfer SET pooled_fen = pooled_fen + 1",
    "UPDATE transfer SET months = months + 1",
    "DELETE FROM transfer",
    "DELETE FROM transferred_month WHERE month = 202501",
    "UPDATE transferred_month SET branch = 2",
    "DELETE FROM receipt_move",
    "UPDATE receipt_move SET to_receipt = to_receipt + 1",
    "UPDATE suspense SET state = 1, settled_by = NULL WHERE state = 3",
    "UPDATE suspense SET settled_by = settled_by + 1 WHERE state = 3",
    "UPDATE suspense SET amount_fen = amount_fen + 1 WHERE state IN (2, 3)",
    "DELETE FROM entry WHERE kind = 20",
    "DELETE FROM entry WHERE kind = 25",
    "UPDATE posting SET credit = 110 WHERE credit = 210",
];

/// What somebody could do where a channel took back money that had been used: after each, `shebao
/// verify` must find something.
pub const TAKEN_BACK_DAMAGES: &[&str] = &[
    "UPDATE posting SET amount_fen = amount_fen + 1 WHERE debit = 130",
    "UPDATE suspense SET state = 3 WHERE state = 4",
    "UPDATE entry SET kind = 3 WHERE kind = 26",
];

/// The same where money that had left twice came back.
pub const RECOVERY_DAMAGES: &[&str] = &[
    "UPDATE recovery SET amount_fen = amount_fen + 1",
    "UPDATE recovery SET arrived_on = '2026-11-01'",
    "DELETE FROM recovery WHERE reference = 'B1'",
];

/// What somebody could do to the trails: after each, `shebao verify` must find something.
pub const TRAIL_DAMAGES: &[&str] = &[
    "UPDATE audit_event SET actor = 'nobody' WHERE place = 2",
    "UPDATE audit_event SET detail = detail || '.' WHERE place = 1",
    "UPDATE audit_event SET subject = subject + 1 WHERE place = 3",
    "UPDATE audit_event SET recorded_at = recorded_at + 1 WHERE place = 2",
    "UPDATE audit_event SET office = 'elsewhere' WHERE place = 3",
    "DELETE FROM audit_event WHERE place = 1",
    "DELETE FROM audit_event WHERE place = 3",
    "DELETE FROM audit_event",
    "INSERT INTO audit_event (audit_id, recorded_at, actor, office, action, subject, detail, place, \
     hash) SELECT audit_id + 100, recorded_at, actor, office, action, subject, detail, 4, hash \
     FROM audit_event WHERE place = 3",
    "UPDATE audit_chain SET events = events - 1",
    "DELETE FROM audit_chain",
    "UPDATE access_log SET reason = 'none' WHERE place = 1",
    "UPDATE access_log SET actor = 'nobody' WHERE place = 2",
    "DELETE FROM access_log WHERE place = 2",
    "DELETE FROM access_log WHERE place = 1",
    "UPDATE access_chain SET looks = looks + 1",
    "DELETE FROM access_chain",
];
