-- 告知: what makes a notice the only one of its kind is its key. A notice is never looked for by its
-- number alone nor by whether it waits, so two of three index entries a notice are saved: a day's
-- withholding writes millions of them.
CREATE TABLE notice_of_subject (
    person_id        BIGINT NOT NULL,
    kind             BIGINT NOT NULL,
    month            BIGINT NOT NULL,
    subject          BIGINT NOT NULL,
    notice_id        BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    cause_kind       BIGINT NOT NULL,
    cause_id         BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    state            BIGINT NOT NULL,
    sent_at          BIGINT,
    PRIMARY KEY (person_id, kind, month, subject)
) {without_rowid};
INSERT INTO notice_of_subject (person_id, kind, month, subject, notice_id, amount_fen, cause_kind,
    cause_id, created_at, state, sent_at)
SELECT person_id, kind, month, subject, notice_id, amount_fen, cause_kind, cause_id, created_at,
    state, sent_at FROM notice;
DROP TABLE notice;
ALTER TABLE notice_of_subject RENAME TO notice;
