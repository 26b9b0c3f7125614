-- 柜面: bank counters. Keyed by the bank's own values, which are unique per bank.

-- A bank's keys, two live ones at most. verifying is a PEM public key, or the base64 of a shared
-- secret.
CREATE TABLE counter_key (
    key_id           TEXT   NOT NULL PRIMARY KEY,
    bank             TEXT   NOT NULL,
    algorithm        TEXT   NOT NULL,
    verifying        TEXT   NOT NULL,
    added_at         BIGINT NOT NULL,
    revoked_at       BIGINT
) {rowid};

-- Secrets of our own: the keys that sign answers, one per algorithm, and the one behind quotes.
CREATE TABLE counter_secret (
    name             TEXT   NOT NULL PRIMARY KEY,
    secret           TEXT   NOT NULL,
    made_at          BIGINT NOT NULL
) {rowid};

-- 流水号: what became of each serial, a payment's or a reversal's. other_date and other_serial
-- are the payment's reversal, or the reversal's payment.
CREATE TABLE counter_serial (
    bank             TEXT   NOT NULL,
    bank_date        TEXT   NOT NULL,
    serial           TEXT   NOT NULL,
    kind             BIGINT NOT NULL,
    state            BIGINT NOT NULL,
    content          TEXT,
    amount_fen       BIGINT,
    accounting_on    TEXT,
    other_date       TEXT,
    other_serial     TEXT,
    answer           {blob},
    recorded_at      BIGINT NOT NULL,
    PRIMARY KEY (bank, bank_date, serial)
) {without_rowid};
CREATE INDEX counter_serial_day ON counter_serial (accounting_on, bank);

-- Idempotency keys with the answer that they got.
CREATE TABLE counter_request (
    bank             TEXT   NOT NULL,
    idempotency_key  TEXT   NOT NULL,
    content          TEXT   NOT NULL,
    answer           {blob} NOT NULL,
    recorded_at      BIGINT NOT NULL,
    PRIMARY KEY (bank, idempotency_key)
) {without_rowid};
CREATE INDEX counter_request_age ON counter_request (recorded_at);

-- 日终: accounting days that are closed, with the findings of their file.
CREATE TABLE counter_day (
    bank             TEXT   NOT NULL,
    accounting_on    TEXT   NOT NULL,
    state            BIGINT NOT NULL,
    file_sha256      TEXT,
    answer           {blob},
    closed_at        BIGINT NOT NULL,
    PRIMARY KEY (bank, accounting_on)
) {without_rowid};
