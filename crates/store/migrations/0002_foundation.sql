-- The city's tables. Months are BIGINT yyyymm, civil days TEXT yyyy-mm-dd, moments BIGINT
-- microseconds since 1970 UTC, money BIGINT fen. What belongs to a person starts with person_id
-- in its primary key and every unique key, so that one person's work touches one shard.
-- Codes are those of the enums in crates/insurance.

-- 参保人.
CREATE TABLE person (
    person_id        BIGINT NOT NULL PRIMARY KEY,
    identity_number  TEXT   NOT NULL,
    name             TEXT   NOT NULL,
    card_number      TEXT,
    phone            TEXT,
    household        TEXT,
    notices_since    TEXT,
    registered_on    TEXT   NOT NULL,
    cause_kind       BIGINT NOT NULL,
    cause_id         BIGINT NOT NULL
) {rowid};

-- Unique across the city: an identity number belongs to one person.
CREATE TABLE identity_key (
    identity_number  TEXT   NOT NULL PRIMARY KEY,
    person_id        BIGINT NOT NULL
) {without_rowid};

-- Unique across the city: a social security card belongs to one person.
CREATE TABLE card_key (
    card_number      TEXT   NOT NULL PRIMARY KEY,
    person_id        BIGINT NOT NULL
) {without_rowid};

-- 参保登记: one span of insurance. until_month is the last insured month; NULL while open.
CREATE TABLE enrolment (
    person_id        BIGINT NOT NULL,
    enrolment_id     BIGINT NOT NULL,
    office           TEXT   NOT NULL,
    branches         BIGINT NOT NULL,
    base_fen         BIGINT NOT NULL,
    from_month       BIGINT NOT NULL,
    until_month      BIGINT,
    opened_on        TEXT   NOT NULL,
    closed_on        TEXT,
    cause_kind       BIGINT NOT NULL,
    cause_id         BIGINT NOT NULL,
    PRIMARY KEY (person_id, enrolment_id)
) {without_rowid};

-- 委托: a bank withholding mandate; one live per person.
CREATE TABLE mandate (
    person_id        BIGINT NOT NULL,
    mandate_id       BIGINT NOT NULL,
    bank             TEXT   NOT NULL,
    account_number   TEXT   NOT NULL,
    holder           TEXT   NOT NULL,
    signed_on        TEXT   NOT NULL,
    ended_on         TEXT,
    cause_kind       BIGINT NOT NULL,
    cause_id         BIGINT NOT NULL,
    PRIMARY KEY (person_id, mandate_id)
) {without_rowid};
CREATE UNIQUE INDEX mandate_live ON mandate (person_id) WHERE ended_on IS NULL;

-- 应缴. base, amount and account never change; state follows from receipts and closes, and
-- state_cause is the receipt, run or enrolment that put it there.
CREATE TABLE due (
    person_id        BIGINT NOT NULL,
    month            BIGINT NOT NULL,
    branch           BIGINT NOT NULL,
    part             BIGINT NOT NULL,
    base_fen         BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    account_fen      BIGINT NOT NULL,
    batch_id         BIGINT NOT NULL,
    state            BIGINT NOT NULL,
    paid_on          TEXT,
    state_cause      BIGINT,
    PRIMARY KEY (person_id, month, branch, part)
) {without_rowid};
CREATE INDEX due_unpaid ON due (month, person_id) WHERE state IN (1, 3);

-- 核定: one chunk of a month's assessment, with the pack that it used and the hash of its dues.
CREATE TABLE assessment_batch (
    batch_id         BIGINT NOT NULL PRIMARY KEY,
    run_id           BIGINT NOT NULL,
    month            BIGINT NOT NULL,
    pack             TEXT   NOT NULL,
    pack_version     TEXT   NOT NULL,
    known_on         TEXT   NOT NULL,
    first_person     BIGINT NOT NULL,
    last_person      BIGINT NOT NULL,
    dues             BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    entry_id         BIGINT NOT NULL,
    rows_hash        TEXT   NOT NULL,
    assessed_at      BIGINT NOT NULL
) {rowid};
CREATE INDEX assessment_batch_month ON assessment_batch (month);

-- 欠费: a due that was unpaid when its month was closed. Never deleted: back-payment changes the
-- due's state, not the fact.
CREATE TABLE arrears (
    person_id        BIGINT NOT NULL,
    month            BIGINT NOT NULL,
    branch           BIGINT NOT NULL,
    part             BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    run_id           BIGINT NOT NULL,
    recorded_at      BIGINT NOT NULL,
    PRIMARY KEY (person_id, month, branch, part)
) {without_rowid};

-- 暂停待遇: from_on is the legal day. notice_id is the notice that went before it; without one,
-- task_id is the clerk's open task. lifted_by is the receipt that restored cover.
CREATE TABLE suspension (
    person_id        BIGINT NOT NULL,
    suspension_id    BIGINT NOT NULL,
    unpaid_month     BIGINT NOT NULL,
    from_on          TEXT   NOT NULL,
    notice_id        BIGINT,
    task_id          BIGINT,
    run_id           BIGINT NOT NULL,
    recorded_at      BIGINT NOT NULL,
    lifted_on        TEXT,
    lifted_by        BIGINT,
    PRIMARY KEY (person_id, suspension_id)
) {without_rowid};
CREATE UNIQUE INDEX suspension_month ON suspension (person_id, unpaid_month);

-- What outside parties sent, kept raw before anything else happens.
CREATE TABLE inbound_message (
    message_id       BIGINT NOT NULL PRIMARY KEY,
    channel          BIGINT NOT NULL,
    kind             TEXT   NOT NULL,
    received_at      BIGINT NOT NULL,
    digest           TEXT   NOT NULL,
    headers          TEXT   NOT NULL,
    body             {blob} NOT NULL,
    state            BIGINT NOT NULL,
    handled_at       BIGINT,
    outcome          TEXT
) {rowid};
CREATE INDEX inbound_message_waiting ON inbound_message (channel, received_at) WHERE state = 1;
CREATE INDEX inbound_message_digest ON inbound_message (digest);

-- 缴费: one attempt to collect through one channel.
CREATE TABLE payment (
    person_id        BIGINT NOT NULL,
    payment_id       BIGINT NOT NULL,
    channel          BIGINT NOT NULL,
    state            BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    opened_at        BIGINT NOT NULL,
    expires_at       BIGINT,
    run_id           BIGINT,
    detail           TEXT,
    PRIMARY KEY (person_id, payment_id)
) {without_rowid};

-- The dues of an attempt. A due lies in at most one open attempt, of whatever channel.
CREATE TABLE payment_item (
    person_id        BIGINT NOT NULL,
    payment_id       BIGINT NOT NULL,
    month            BIGINT NOT NULL,
    branch           BIGINT NOT NULL,
    part             BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    state            BIGINT NOT NULL,
    reason           TEXT,
    raw              TEXT,
    PRIMARY KEY (person_id, payment_id, month, branch, part)
) {without_rowid};
CREATE UNIQUE INDEX payment_item_open
    ON payment_item (person_id, month, branch, part) WHERE state = 1;

-- 到账: money that arrived. person_id 0 while nobody is known for it.
CREATE TABLE receipt (
    person_id        BIGINT NOT NULL,
    receipt_id       BIGINT NOT NULL,
    channel          BIGINT NOT NULL,
    reference        TEXT   NOT NULL,
    amount_fen       BIGINT NOT NULL,
    paid_at          BIGINT NOT NULL,
    accounting_on    TEXT   NOT NULL,
    recorded_at      BIGINT NOT NULL,
    message_id       BIGINT NOT NULL,
    entry_id         BIGINT NOT NULL,
    PRIMARY KEY (person_id, receipt_id)
) {without_rowid};

-- Unique across the city: a channel's reference is counted once. returned_by is the channel's
-- own reference for taking the money back.
CREATE TABLE channel_reference (
    channel          BIGINT NOT NULL,
    reference        TEXT   NOT NULL,
    person_id        BIGINT NOT NULL,
    receipt_id       BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    accounting_on    TEXT   NOT NULL,
    returned_by      TEXT,
    matched_on       TEXT,
    PRIMARY KEY (channel, reference)
) {without_rowid};
CREATE INDEX channel_reference_day ON channel_reference (channel, accounting_on);

-- The books: entries of postings; hash chains an owner's entries.
CREATE TABLE entry (
    person_id        BIGINT NOT NULL,
    entry_id         BIGINT NOT NULL,
    kind             BIGINT NOT NULL,
    recorded_at      BIGINT NOT NULL,
    effective_on     TEXT   NOT NULL,
    cause_kind       BIGINT NOT NULL,
    cause_id         BIGINT NOT NULL,
    hash             TEXT   NOT NULL,
    PRIMARY KEY (person_id, entry_id)
) {without_rowid};

CREATE TABLE posting (
    person_id        BIGINT NOT NULL,
    entry_id         BIGINT NOT NULL,
    line             BIGINT NOT NULL,
    debit            BIGINT NOT NULL,
    credit           BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    month            BIGINT,
    branch           BIGINT,
    part             BIGINT,
    PRIMARY KEY (person_id, entry_id, line)
) {without_rowid};

-- The head of each owner's chain.
CREATE TABLE ledger_chain (
    person_id        BIGINT NOT NULL PRIMARY KEY,
    entries          BIGINT NOT NULL,
    head             TEXT   NOT NULL
) {rowid};

-- 挂账: money that fits no due, with an owner until it is refunded or applied.
CREATE TABLE suspense (
    person_id        BIGINT NOT NULL,
    suspense_id      BIGINT NOT NULL,
    receipt_id       BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    reason           TEXT   NOT NULL,
    state            BIGINT NOT NULL,
    owner            TEXT   NOT NULL,
    opened_at        BIGINT NOT NULL,
    settled_at       BIGINT,
    settled_by       BIGINT,
    PRIMARY KEY (person_id, suspense_id)
) {without_rowid};
CREATE INDEX suspense_open ON suspense (opened_at) WHERE state = 1;

-- 对账: a channel's accounting day. Sanctions wait until every day of the month is balanced.
CREATE TABLE channel_day (
    channel          BIGINT NOT NULL,
    accounting_on    TEXT   NOT NULL,
    state            BIGINT NOT NULL,
    booked_count     BIGINT NOT NULL,
    booked_fen       BIGINT NOT NULL,
    stated_count     BIGINT NOT NULL,
    stated_fen       BIGINT NOT NULL,
    reason           TEXT,
    run_id           BIGINT NOT NULL,
    recorded_at      BIGINT NOT NULL,
    PRIMARY KEY (channel, accounting_on)
) {rowid};

-- 月结.
CREATE TABLE month_close (
    month            BIGINT NOT NULL PRIMARY KEY,
    run_id           BIGINT NOT NULL,
    closed_at        BIGINT NOT NULL,
    arrears_count    BIGINT NOT NULL,
    arrears_fen      BIGINT NOT NULL
) {rowid};

-- 告知: who must be told what. One of a kind per person and subject.
CREATE TABLE notice (
    person_id        BIGINT NOT NULL,
    notice_id        BIGINT NOT NULL,
    kind             BIGINT NOT NULL,
    month            BIGINT NOT NULL,
    subject          BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    cause_kind       BIGINT NOT NULL,
    cause_id         BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    state            BIGINT NOT NULL,
    sent_at          BIGINT,
    PRIMARY KEY (person_id, notice_id)
) {without_rowid};
CREATE UNIQUE INDEX notice_once ON notice (person_id, kind, month, subject);
CREATE INDEX notice_waiting ON notice (created_at) WHERE state = 1;

-- 待办: what a clerk must do, and by when.
CREATE TABLE task (
    person_id        BIGINT NOT NULL,
    task_id          BIGINT NOT NULL,
    kind             BIGINT NOT NULL,
    office           TEXT   NOT NULL,
    month            BIGINT,
    opened_at        BIGINT NOT NULL,
    due_on           TEXT   NOT NULL,
    closed_at        BIGINT,
    note             TEXT,
    PRIMARY KEY (person_id, task_id)
) {without_rowid};
CREATE INDEX task_open ON task (office, due_on) WHERE closed_at IS NULL;

-- Who looked at a person, and why.
CREATE TABLE access_log (
    person_id        BIGINT NOT NULL,
    access_id        BIGINT NOT NULL,
    accessed_at      BIGINT NOT NULL,
    actor            TEXT   NOT NULL,
    reason           TEXT   NOT NULL,
    what             TEXT   NOT NULL,
    PRIMARY KEY (person_id, access_id)
) {without_rowid};

-- 作业: one run of a job or an import; resumed from progress.
CREATE TABLE run (
    run_id           BIGINT NOT NULL PRIMARY KEY,
    kind             TEXT   NOT NULL,
    subject          TEXT   NOT NULL,
    actor            TEXT   NOT NULL,
    state            BIGINT NOT NULL,
    progress         BIGINT NOT NULL,
    started_at       BIGINT NOT NULL,
    finished_at      BIGINT,
    outcome          TEXT
) {rowid};
CREATE INDEX run_subject ON run (kind, subject);

-- 差异: what a comparison found and who must settle it. kind: 1 only theirs, 2 only ours,
-- 3 amount differs, 4 stated twice.
CREATE TABLE difference (
    difference_id    BIGINT NOT NULL PRIMARY KEY,
    channel          BIGINT NOT NULL,
    accounting_on    TEXT   NOT NULL,
    reference        TEXT   NOT NULL,
    kind             BIGINT NOT NULL,
    our_fen          BIGINT,
    their_fen        BIGINT,
    owner            TEXT   NOT NULL,
    run_id           BIGINT NOT NULL,
    opened_at        BIGINT NOT NULL,
    settled_at       BIGINT,
    settled_by       TEXT,
    note             TEXT
) {rowid};
CREATE UNIQUE INDEX difference_once ON difference (channel, accounting_on, reference, kind);
