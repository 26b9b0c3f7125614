-- 单位参保月: what an employer declared for a person's month, from the employer's file; paid_on is the
-- day on which its contribution arrived. A month that stands here is no flexible month of the same
-- branch. Whoever reads a file registers the person first.
CREATE TABLE employer_month (
    person_id        BIGINT NOT NULL,
    month            BIGINT NOT NULL,
    employer         TEXT   NOT NULL,
    employer_name    TEXT   NOT NULL,
    branches         BIGINT NOT NULL,
    base_fen         BIGINT NOT NULL,
    paid_on          TEXT,
    run_id           BIGINT NOT NULL,
    PRIMARY KEY (person_id, month, employer)
) {without_rowid};

-- 参保草稿与预约: what a clerk entered for somebody who joins, before it is saved. state: 1 entered,
-- 2 booked for visit_on, 3 saved, 4 withdrawn. fields is emptied with the last two.
CREATE TABLE enrolment_draft (
    draft_id         BIGINT NOT NULL PRIMARY KEY,
    office           TEXT   NOT NULL,
    account          TEXT   NOT NULL,
    fields           TEXT   NOT NULL,
    state            BIGINT NOT NULL,
    visit_on         TEXT,
    entered_at       BIGINT NOT NULL,
    settled_at       BIGINT,
    enrolled         BIGINT
) {rowid};
CREATE INDEX enrolment_draft_booked ON enrolment_draft (office, visit_on) WHERE state = 2;
CREATE INDEX enrolment_draft_entered ON enrolment_draft (entered_at) WHERE state = 1;
