-- What the dashboard's charts need beside task_counts; see the script for PostgreSQL.
CREATE TABLE messaging.queue_depths (
    minute INTEGER NOT NULL,
    queue  TEXT    NOT NULL,
    depth  INTEGER NOT NULL,
    PRIMARY KEY (minute, queue)
) WITHOUT ROWID;

CREATE TABLE messaging.task_effects (
    seconds  INTEGER NOT NULL,
    start_at INTEGER NOT NULL,
    queue    TEXT    NOT NULL,
    bucket   INTEGER NOT NULL,
    tasks    INTEGER NOT NULL,
    PRIMARY KEY (seconds, start_at, queue, bucket)
) WITHOUT ROWID;

ALTER TABLE messaging.schedules ADD COLUMN recent_runs TEXT NULL;
