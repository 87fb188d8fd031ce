CREATE TABLE tracking_events (
    id          TEXT PRIMARY KEY,
    shipment_id TEXT NOT NULL REFERENCES shipments (id),
    status      TEXT NOT NULL,
    location    TEXT,
    occurred_at INTEGER NOT NULL
) STRICT;

CREATE INDEX tracking_events_by_shipment ON tracking_events (shipment_id, occurred_at);
