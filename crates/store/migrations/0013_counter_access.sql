-- 双向认证: a bank's client certificates, known by the SHA-256 of their DER encoding.
CREATE TABLE counter_certificate (
    fingerprint      TEXT   NOT NULL PRIMARY KEY,
    bank             TEXT   NOT NULL,
    added_at         BIGINT NOT NULL,
    revoked_at       BIGINT
) {rowid};

-- How often a bank may call, where it is not what every bank may.
CREATE TABLE counter_rate (
    bank             TEXT   NOT NULL PRIMARY KEY,
    calls_per_second BIGINT NOT NULL,
    set_at           BIGINT NOT NULL
) {rowid};
