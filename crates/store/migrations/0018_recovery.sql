-- 追回到账: money that had left twice came back to the fund. The bank's number counts once in the city. Only ever
-- inserted.
CREATE TABLE recovery (
    reference        TEXT   NOT NULL,
    person_id        BIGINT NOT NULL,
    case_id          BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    arrived_on       TEXT   NOT NULL,
    entry_id         BIGINT NOT NULL,
    PRIMARY KEY (reference)
) {without_rowid};
CREATE INDEX recovery_person ON recovery (person_id);
