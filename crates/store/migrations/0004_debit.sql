-- 批量代扣文件: one withholding file to one paying bank. Its debits are counted while it is built;
-- handed_over_at is when the bank could see it.
CREATE TABLE debit_file (
    file_id          TEXT   NOT NULL PRIMARY KEY,
    run_id           BIGINT NOT NULL,
    number           BIGINT NOT NULL,
    bank             TEXT   NOT NULL,
    collect_on       TEXT   NOT NULL,
    created_at       BIGINT NOT NULL,
    debits           BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    handed_over_at   BIGINT
) {rowid};
CREATE INDEX debit_file_run ON debit_file (run_id, number);
CREATE INDEX debit_file_day ON debit_file (collect_on);

-- 代扣: one attempt by a bank at one due, a line of a file. proof: 1 a report told of the money,
-- 2 a booking did. The due's lock against other channels is its payment_item.
CREATE TABLE debit (
    person_id        BIGINT NOT NULL,
    month            BIGINT NOT NULL,
    branch           BIGINT NOT NULL,
    part             BIGINT NOT NULL,
    attempt          BIGINT NOT NULL,
    payment_id       BIGINT NOT NULL,
    mandate_id       BIGINT NOT NULL,
    file_id          TEXT   NOT NULL,
    place            BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    state            BIGINT NOT NULL,
    retry            BIGINT,
    reason           TEXT,
    raw              TEXT,
    bank_reference   TEXT,
    proof            BIGINT,
    PRIMARY KEY (person_id, month, branch, part, attempt)
) {without_rowid};
CREATE INDEX debit_of_file ON debit (file_id, person_id, place);

-- A bank's answer file that was read: the same bytes have no effect, other bytes under the same
-- name are an alarm.
CREATE TABLE bank_result_file (
    digest           TEXT   NOT NULL PRIMARY KEY,
    name             TEXT   NOT NULL,
    message_id       BIGINT NOT NULL,
    run_id           BIGINT NOT NULL,
    bank             TEXT   NOT NULL,
    results          BIGINT NOT NULL,
    received_at      BIGINT NOT NULL,
    refusal          TEXT
) {rowid};
CREATE INDEX bank_result_file_name ON bank_result_file (name);

-- Whom a bank may debit, in the order of a batch.
CREATE INDEX mandate_bank ON mandate (bank, person_id) WHERE ended_on IS NULL;
