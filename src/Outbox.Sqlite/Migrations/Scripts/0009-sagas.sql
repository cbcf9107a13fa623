-- The state of sagas; see the script for PostgreSQL.
CREATE TABLE messaging.sagas (
    saga_type      TEXT    NOT NULL,
    correlation_id TEXT    NOT NULL,
    current_state  TEXT    NULL,
    data           TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    PRIMARY KEY (saga_type, correlation_id)
) WITHOUT ROWID;

CREATE TABLE messaging.saga_keys (
    saga_type      TEXT NOT NULL,
    name           TEXT NOT NULL,
    value          TEXT NOT NULL,
    slot           TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    PRIMARY KEY (saga_type, name, value, slot)
) WITHOUT ROWID;

CREATE INDEX /*prefix*/saga_keys_saga ON messaging.saga_keys (saga_type, correlation_id);
