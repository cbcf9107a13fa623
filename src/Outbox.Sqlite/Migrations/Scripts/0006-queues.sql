-- The queues that workers have reported, and what was set for them; see the script for PostgreSQL.
CREATE TABLE messaging.queues (
    name             TEXT    NOT NULL PRIMARY KEY,
    message_types    TEXT    NOT NULL,
    default_priority INTEGER NOT NULL DEFAULT 1,
    priority         INTEGER NULL,
    paused           INTEGER NOT NULL DEFAULT 0,
    concurrency      INTEGER NULL,
    rate_limit       REAL    NULL,
    updated_at       INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE messaging.queue_workers (
    queue          TEXT    NOT NULL,
    worker         TEXT    NOT NULL,
    concurrency    INTEGER NOT NULL,
    in_hand        INTEGER NOT NULL,
    consumed       INTEGER NOT NULL,
    rate           REAL    NOT NULL,
    oldest_seconds REAL    NULL,
    seen_at        INTEGER NOT NULL,
    PRIMARY KEY (queue, worker)
) WITHOUT ROWID;
