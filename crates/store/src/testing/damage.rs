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
