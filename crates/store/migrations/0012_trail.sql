-- The audit trail and the looks at people form chains: each row names its place and carries the
-- SHA-256 of the row before it and of itself; the head knows how many there are. So a row that is
-- changed, taken out or put in behind the program's back is found by `shebao verify`.
ALTER TABLE audit_event ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit_event ADD COLUMN hash TEXT NOT NULL DEFAULT '';
CREATE TABLE audit_chain (
    office           TEXT   NOT NULL PRIMARY KEY,
    events           BIGINT NOT NULL,
    head             TEXT   NOT NULL
) {without_rowid};
CREATE INDEX audit_event_chain ON audit_event (office, place);

ALTER TABLE access_log ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
ALTER TABLE access_log ADD COLUMN hash TEXT NOT NULL DEFAULT '';
CREATE TABLE access_chain (
    person_id        BIGINT NOT NULL PRIMARY KEY,
    looks            BIGINT NOT NULL,
    head             TEXT   NOT NULL
) {rowid};

-- An auditor asks who looked, by clerk and by day.
CREATE INDEX access_log_id ON access_log (access_id);
CREATE INDEX access_log_actor ON access_log (actor, access_id);

-- What an account is beside its name and roles. password_set_at 0: the password is for once, and is
-- changed at the first sign-in. expires_on is the last day of a contract.
ALTER TABLE clerk ADD COLUMN password_set_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clerk ADD COLUMN expires_on TEXT;
ALTER TABLE clerk ADD COLUMN signed_in_at BIGINT;
CREATE INDEX session_actor ON session (actor_kind, actor_id);
