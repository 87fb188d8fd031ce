CREATE TABLE idempotency (
    account_id  TEXT NOT NULL REFERENCES accounts (id),
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    -- Null until the request has been answered.
    status      INTEGER,
    body        BLOB,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (account_id, key)
) STRICT;
