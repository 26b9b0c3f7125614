-- 经办人: a clerk's account. roles are the bits of insurance::clerk::RoleSet. totp_step is the last
-- time step whose code was used, so that no code counts twice.
CREATE TABLE clerk (
    clerk_id         BIGINT NOT NULL PRIMARY KEY,
    account          TEXT   NOT NULL,
    name             TEXT   NOT NULL,
    office           TEXT   NOT NULL,
    roles            BIGINT NOT NULL,
    password_hash    TEXT   NOT NULL,
    totp_secret      TEXT   NOT NULL,
    totp_step        BIGINT NOT NULL,
    failures         BIGINT NOT NULL,
    locked_until     BIGINT,
    created_at       BIGINT NOT NULL,
    closed_at        BIGINT
) {rowid};
CREATE UNIQUE INDEX clerk_account ON clerk (account);

-- A signed-in browser, keyed by the hash of its secret. actor_kind 1 is a person, 2 a clerk.
CREATE TABLE session (
    session_hash     TEXT   NOT NULL PRIMARY KEY,
    actor_kind       BIGINT NOT NULL,
    actor_id         BIGINT NOT NULL,
    started_at       BIGINT NOT NULL,
    seen_at          BIGINT NOT NULL,
    ended_at         BIGINT
) {without_rowid};

-- 操作日志: what clerks did, only ever inserted. subject is the person's number, or 0.
CREATE TABLE audit_event (
    audit_id         BIGINT NOT NULL PRIMARY KEY,
    recorded_at      BIGINT NOT NULL,
    actor            TEXT   NOT NULL,
    office           TEXT   NOT NULL,
    action           TEXT   NOT NULL,
    subject          BIGINT NOT NULL,
    detail           TEXT   NOT NULL
) {rowid};
CREATE INDEX audit_event_subject ON audit_event (subject, audit_id);
CREATE INDEX audit_event_actor ON audit_event (actor, audit_id);

-- A clerk finds a person by name or phone.
CREATE INDEX person_name ON person (name);
CREATE INDEX person_phone ON person (phone) WHERE phone IS NOT NULL;
