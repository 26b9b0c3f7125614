-- Where several programs serve one city, the database is what they all know: a nonce stands here once,
-- whichever of them it came to. Filled on PostgreSQL only: on SQLite one program serves, which holds the
-- nonces in memory, and a table in the order of hashes would cost each call a page.
CREATE TABLE counter_nonce_once (
    fingerprint      {blob} NOT NULL PRIMARY KEY,
    seen_at          BIGINT NOT NULL
) {without_rowid};
INSERT INTO counter_nonce_once (fingerprint, seen_at)
    SELECT fingerprint, MIN(seen_at) FROM counter_nonce GROUP BY fingerprint;
