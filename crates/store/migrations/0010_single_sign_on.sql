-- An attempt to sign in at the identity provider, until the browser comes back. Used once.
CREATE TABLE single_sign_on_attempt (
    state_hash       TEXT   NOT NULL PRIMARY KEY,
    visitor_hash     TEXT   NOT NULL,
    nonce            TEXT   NOT NULL,
    verifier         TEXT   NOT NULL,
    back             TEXT   NOT NULL,
    started_at       BIGINT NOT NULL
) {without_rowid};

-- Whose account the identity provider's subject is: bound at the first sign-in, never moved.
CREATE TABLE clerk_subject (
    clerk_id         BIGINT NOT NULL PRIMARY KEY,
    issuer           TEXT   NOT NULL,
    subject          TEXT   NOT NULL,
    bound_at         BIGINT NOT NULL
) {rowid};
CREATE UNIQUE INDEX clerk_subject_once ON clerk_subject (issuer, subject);
