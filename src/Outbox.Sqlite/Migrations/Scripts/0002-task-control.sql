-- What one does with tasks besides running them; see the script for PostgreSQL.
ALTER TABLE messaging.outbox ADD COLUMN queue    TEXT    NULL;
ALTER TABLE messaging.outbox ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
ALTER TABLE messaging.outbox ADD COLUMN waiting  INTEGER NOT NULL DEFAULT 0;

DROP INDEX messaging.outbox_due;
CREATE INDEX /*prefix*/outbox_due ON messaging.outbox (priority, due_at, id) WHERE in_flight = 0;
DROP INDEX messaging.outbox_in_flight;
CREATE INDEX /*prefix*/outbox_in_flight ON messaging.outbox (priority, queue) WHERE in_flight = 1;
CREATE INDEX /*prefix*/outbox_waiting ON messaging.outbox (message_id) WHERE waiting = 1;

ALTER TABLE messaging.tasks ADD COLUMN queue         TEXT    NULL;
ALTER TABLE messaging.tasks ADD COLUMN worker        TEXT    NULL;
ALTER TABLE messaging.tasks ADD COLUMN progress      INTEGER NULL;
ALTER TABLE messaging.tasks ADD COLUMN progress_text TEXT    NULL;
ALTER TABLE messaging.tasks ADD COLUMN result        TEXT    NULL;
ALTER TABLE messaging.tasks ADD COLUMN redrives      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messaging.tasks ADD COLUMN pending       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messaging.tasks ADD COLUMN attention     INTEGER GENERATED ALWAYS AS (CASE WHEN state IN (0, 3) THEN NULL ELSE state END) VIRTUAL;

CREATE INDEX /*prefix*/tasks_attention ON messaging.tasks (attention, id) WHERE attention IS NOT NULL;

CREATE TABLE messaging.task_attempts (
    task_id    TEXT    NOT NULL,
    attempt    INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    worker     TEXT    NOT NULL,
    error      TEXT    NOT NULL
);

CREATE INDEX /*prefix*/task_attempts_task ON messaging.task_attempts (task_id);
CREATE INDEX /*prefix*/task_attempts_ended ON messaging.task_attempts (ended_at);

CREATE TABLE messaging.task_links (
    predecessor TEXT    NOT NULL,
    successor   TEXT    NOT NULL,
    linked_at   INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    PRIMARY KEY (predecessor, successor)
) WITHOUT ROWID;

CREATE INDEX /*prefix*/task_links_successor ON messaging.task_links (successor);
CREATE INDEX /*prefix*/task_links_linked ON messaging.task_links (linked_at);

CREATE TABLE messaging.unique_tasks (
    key     TEXT    NOT NULL PRIMARY KEY,
    task_id TEXT    NOT NULL,
    until   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE messaging.audit (
    id         TEXT    NOT NULL PRIMARY KEY,
    at         INTEGER NOT NULL,
    who        TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    target     TEXT    NOT NULL,
    from_state TEXT    NULL,
    details    TEXT    NULL
) WITHOUT ROWID;
