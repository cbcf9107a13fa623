-- Tasks that are handed on at the times of a cron expression; see the script for PostgreSQL.
CREATE TABLE messaging.schedules (
    name         TEXT    NOT NULL PRIMARY KEY,
    cron         TEXT    NOT NULL,
    time_zone    TEXT    NOT NULL,
    misfire      TEXT    NOT NULL,
    task_type    TEXT    NOT NULL,
    message      TEXT    NOT NULL,
    kind         TEXT    NULL,
    paused       INTEGER NOT NULL DEFAULT 0,
    next_due_at  INTEGER NULL,
    last_due_at  INTEGER NULL,
    last_task_id TEXT    NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX /*prefix*/schedules_next_due ON messaging.schedules (next_due_at);
