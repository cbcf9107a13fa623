-- Which consumers of a task are done with it; see the script for PostgreSQL.
CREATE TABLE messaging.task_consumers (
    task_id     TEXT    NOT NULL,
    consumer_id TEXT    NOT NULL,
    queue       TEXT    NOT NULL,
    failed      INTEGER NOT NULL,
    expected    TEXT    NOT NULL,
    ended_at    INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    PRIMARY KEY (task_id, consumer_id)
) WITHOUT ROWID;

CREATE INDEX /*prefix*/task_consumers_ended ON messaging.task_consumers (ended_at);

ALTER TABLE messaging.queues ADD COLUMN seen_at INTEGER NULL;
