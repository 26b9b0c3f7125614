-- 办件: matters in which money leaves or facts are corrected, with two different people.

-- 工号: which person works with an account. Only ever added; the latest line holds.
CREATE TABLE clerk_staff (
    clerk_id         BIGINT NOT NULL,
    bound_at         BIGINT NOT NULL,
    staff_number     TEXT   NOT NULL,
    bound_by         TEXT   NOT NULL,
    PRIMARY KEY (clerk_id, bound_at)
) {without_rowid};

-- What a case is about never changes; state follows from its events, and verify recomputes it.
CREATE TABLE office_case (
    person_id        BIGINT NOT NULL,
    case_id          BIGINT NOT NULL,
    kind             BIGINT NOT NULL,
    office           TEXT   NOT NULL,
    applicant        TEXT   NOT NULL,
    opened_on        TEXT   NOT NULL,
    opened_at        BIGINT NOT NULL,
    state            BIGINT NOT NULL,
    PRIMARY KEY (person_id, case_id)
) {without_rowid};
CREATE INDEX office_case_waiting ON office_case (office, opened_on) WHERE state IN (1, 2, 3, 4);

-- Every step of a case, only ever inserted. form is what was handed in, as it is from this step
-- on; computed and amount_fen are what was proposed.
CREATE TABLE case_event (
    person_id        BIGINT NOT NULL,
    case_id          BIGINT NOT NULL,
    step             BIGINT NOT NULL,
    event            BIGINT NOT NULL,
    clerk_id         BIGINT NOT NULL,
    staff_number     TEXT,
    recorded_at      BIGINT NOT NULL,
    form             TEXT,
    computed         TEXT,
    amount_fen       BIGINT,
    note             TEXT   NOT NULL,
    PRIMARY KEY (person_id, case_id, step)
) {without_rowid};

-- 材料: files handed in. digest is the SHA-256 of the bytes, and the name of the file on disk.
CREATE TABLE case_evidence (
    person_id        BIGINT NOT NULL,
    case_id          BIGINT NOT NULL,
    evidence_id      BIGINT NOT NULL,
    label            TEXT   NOT NULL,
    name             TEXT   NOT NULL,
    kind             BIGINT NOT NULL,
    size_bytes       BIGINT NOT NULL,
    digest           TEXT   NOT NULL,
    clerk_id         BIGINT NOT NULL,
    added_at         BIGINT NOT NULL,
    PRIMARY KEY (person_id, case_id, evidence_id)
) {without_rowid};

-- 支付指令. A payment of a case has one order that the bank did not refuse.
CREATE TABLE payment_order (
    person_id        BIGINT NOT NULL,
    order_id         BIGINT NOT NULL,
    case_id          BIGINT NOT NULL,
    step             BIGINT NOT NULL,
    line             BIGINT NOT NULL,
    holder           TEXT   NOT NULL,
    bank             TEXT   NOT NULL,
    account_number   TEXT   NOT NULL,
    amount_fen       BIGINT NOT NULL,
    source           BIGINT NOT NULL,
    entry_id         BIGINT NOT NULL,
    ordered_at       BIGINT NOT NULL,
    ordered_on       TEXT   NOT NULL,
    state            BIGINT NOT NULL,
    PRIMARY KEY (person_id, order_id)
) {without_rowid};
CREATE UNIQUE INDEX payment_order_line
    ON payment_order (person_id, case_id, line) WHERE state IN (1, 2);
CREATE INDEX payment_order_waiting ON payment_order (ordered_at) WHERE state = 1;

-- What the bank said of an order, with the entry that booked it.
CREATE TABLE payment_order_event (
    person_id        BIGINT NOT NULL,
    order_id         BIGINT NOT NULL,
    event            BIGINT NOT NULL,
    clerk_id         BIGINT NOT NULL,
    staff_number     TEXT,
    recorded_at      BIGINT NOT NULL,
    effective_on     TEXT   NOT NULL,
    bank_reference   TEXT   NOT NULL,
    entry_id         BIGINT NOT NULL,
    PRIMARY KEY (person_id, order_id)
) {without_rowid};

-- 关系转移: direction 1 in, 2 out. The money of a transfer in stands in its entry, that of a
-- transfer out in its payment order.
CREATE TABLE transfer (
    person_id        BIGINT NOT NULL,
    case_id          BIGINT NOT NULL,
    direction        BIGINT NOT NULL,
    branch           BIGINT NOT NULL,
    city             TEXT   NOT NULL,
    months           BIGINT NOT NULL,
    account_fen      BIGINT NOT NULL,
    pooled_fen       BIGINT NOT NULL,
    effective_on     TEXT   NOT NULL,
    reference        TEXT   NOT NULL,
    entry_id         BIGINT,
    PRIMARY KEY (person_id, case_id)
) {without_rowid};

-- The months that came with a transfer: none is counted twice.
CREATE TABLE transferred_month (
    person_id        BIGINT NOT NULL,
    branch           BIGINT NOT NULL,
    month            BIGINT NOT NULL,
    case_id          BIGINT NOT NULL,
    PRIMARY KEY (person_id, branch, month)
) {without_rowid};

-- 串户更正: a receipt that was booked to the wrong person, and the one that took its place.
CREATE TABLE receipt_move (
    person_id        BIGINT NOT NULL,
    receipt_id       BIGINT NOT NULL,
    case_id          BIGINT NOT NULL,
    entry_id         BIGINT NOT NULL,
    to_person        BIGINT NOT NULL,
    to_receipt       BIGINT NOT NULL,
    PRIMARY KEY (person_id, receipt_id)
) {without_rowid};

-- 对账差异: who took a difference, what they propose, who decided. Only ever inserted.
CREATE TABLE difference_step (
    difference_id    BIGINT NOT NULL,
    step             BIGINT NOT NULL,
    kind             BIGINT NOT NULL,
    action           BIGINT,
    clerk_id         BIGINT NOT NULL,
    staff_number     TEXT,
    recorded_at      BIGINT NOT NULL,
    note             TEXT   NOT NULL,
    PRIMARY KEY (difference_id, step)
) {without_rowid};
