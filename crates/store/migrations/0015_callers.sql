-- Counted up by every change of a bank's key, certificate, rate or network: a program that holds them
-- in memory looks at the number inside the transaction of each call, and reads them anew when it grew.
CREATE TABLE caller_version (
    name             TEXT   NOT NULL PRIMARY KEY,
    version          BIGINT NOT NULL
) {without_rowid};
INSERT INTO caller_version (name, version) VALUES ('counter', 1);

-- 来源地址: the networks from which a bank may call, in CIDR form; from anywhere while it has none.
CREATE TABLE counter_network (
    bank             TEXT   NOT NULL,
    network          TEXT   NOT NULL,
    added_at         BIGINT NOT NULL,
    PRIMARY KEY (bank, network)
) {without_rowid};

-- The nonces of calls that were accepted, in the order of their coming, so that a restart forgets
-- none. fingerprint is half a SHA-256 of the key's name and the nonce.
CREATE TABLE counter_nonce (
    seen_at          BIGINT NOT NULL,
    fingerprint      {blob} NOT NULL,
    bank             TEXT   NOT NULL,
    PRIMARY KEY (seen_at, fingerprint)
) {without_rowid};

-- Looks at people that are recorded and wait for their place in the person's chain: kept in the
-- order of their coming, so that thousands a second fill few pages.
CREATE TABLE access_pending (
    access_id        BIGINT NOT NULL,
    person_id        BIGINT NOT NULL,
    accessed_at      BIGINT NOT NULL,
    actor            TEXT   NOT NULL,
    reason           TEXT   NOT NULL,
    what             TEXT   NOT NULL,
    PRIMARY KEY (access_id, person_id)
) {without_rowid};

-- Every look, whether it has its place already or not.
CREATE VIEW access_look AS
    SELECT person_id, access_id, accessed_at, actor, reason, what FROM access_log
    UNION ALL
    SELECT person_id, access_id, accessed_at, actor, reason, what FROM access_pending;

-- An answer stands once, with its serial, and in the order of its coming: in a table that is kept by
-- its key, each of these long rows filled pages of its own.
ALTER TABLE counter_request DROP COLUMN answer;
CREATE TABLE counter_serial_of_banks (
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
) {rowid};
INSERT INTO counter_serial_of_banks (bank, bank_date, serial, kind, state, content, amount_fen,
    accounting_on, other_date, other_serial, answer, recorded_at)
    SELECT bank, bank_date, serial, kind, state, content, amount_fen,
        accounting_on, other_date, other_serial, answer, recorded_at FROM counter_serial;
DROP TABLE counter_serial;
ALTER TABLE counter_serial_of_banks RENAME TO counter_serial;
CREATE INDEX counter_serial_day ON counter_serial (accounting_on, bank);
