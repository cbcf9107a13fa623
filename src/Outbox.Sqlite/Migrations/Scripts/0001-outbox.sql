-- The same tables as in PostgreSQL; times are milliseconds since 1970. One process owns the file, so a claim is a flag and
-- not a lock: what an earlier process had in flight is due again at the next start.
CREATE TABLE messaging.outbox (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    due_at       INTEGER NOT NULL,
    message_id   TEXT    NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    last_error   TEXT    NULL,
    destination  TEXT    NOT NULL,
    content_type TEXT    NOT NULL,
    metadata     TEXT    NOT NULL,
    body         BLOB    NOT NULL,
    in_flight    INTEGER NOT NULL DEFAULT 0,
    awaiting     INTEGER NOT NULL DEFAULT 0 -- consumers that are not done, for a transport without a memory of its own
);

CREATE INDEX /*prefix*/outbox_due ON messaging.outbox (due_at, id) WHERE in_flight = 0;
CREATE INDEX /*prefix*/outbox_in_flight ON messaging.outbox (id) WHERE in_flight = 1;

CREATE TABLE messaging.inbox (
    message_id  TEXT    NOT NULL,
    consumer_id TEXT    NOT NULL,
    consumed_at INTEGER NOT NULL,
    PRIMARY KEY (message_id, consumer_id)
) WITHOUT ROWID;

CREATE INDEX /*prefix*/inbox_consumed_at ON messaging.inbox (consumed_at);

CREATE TABLE messaging.tasks (
    id              TEXT    NOT NULL PRIMARY KEY,
    kind            TEXT    NOT NULL,
    state           INTEGER NOT NULL DEFAULT 0,
    attempts        INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    started_at      INTEGER NULL,
    finished_at     INTEGER NULL,
    next_attempt_at INTEGER NULL,
    last_error      TEXT    NULL
) WITHOUT ROWID;

CREATE INDEX /*prefix*/tasks_finished_at ON messaging.tasks (finished_at) WHERE finished_at IS NOT NULL;
