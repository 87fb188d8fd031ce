CREATE TABLE accounts (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    currency   TEXT NOT NULL,
    margin_bp  INTEGER NOT NULL,
    -- The ledger's last word, kept beside it so that a purchase can check and debit in one statement.
    balance    INTEGER NOT NULL DEFAULT 0 CHECK (balance >= 0),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    digest     TEXT NOT NULL UNIQUE,
    label      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE shipments (
    -- Pages are cut by it: unlike a time, no two share it.
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    account_id      TEXT NOT NULL REFERENCES accounts (id),
    reference       TEXT,
    state           TEXT NOT NULL,
    sender          TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    parcel          TEXT NOT NULL,
    to_country      TEXT NOT NULL,
    -- The rate that is being bought or was.
    rate_id         TEXT,
    price           INTEGER,
    tracking_number TEXT UNIQUE,
    label_url       TEXT,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    UNIQUE (account_id, reference)
) STRICT;

CREATE INDEX shipments_by_account ON shipments (account_id, seq);

CREATE TABLE rates (
    id          TEXT PRIMARY KEY,
    shipment_id TEXT NOT NULL REFERENCES shipments (id),
    carrier_ref TEXT NOT NULL,
    service     TEXT NOT NULL,
    price       INTEGER NOT NULL,
    days        INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX rates_by_shipment ON rates (shipment_id);

CREATE TABLE ledger (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    account_id    TEXT NOT NULL REFERENCES accounts (id),
    kind          TEXT NOT NULL,
    amount        INTEGER NOT NULL CHECK (amount <> 0),
    balance_after INTEGER NOT NULL,
    shipment_id   TEXT REFERENCES shipments (id),
    memo          TEXT NOT NULL,
    at            INTEGER NOT NULL
) STRICT;

CREATE INDEX ledger_by_account ON ledger (account_id, seq);

-- Whatever else goes wrong, no label is refunded twice.
CREATE UNIQUE INDEX one_refund_a_shipment ON ledger (shipment_id) WHERE kind = 'refund';
