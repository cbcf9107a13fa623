-- Counts tasks where their rows change, in the same transaction; see the script for PostgreSQL. SQLite's triggers run for each row.
CREATE TABLE messaging.task_deltas (
    at       INTEGER NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    queue    TEXT    NULL,
    state    INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    tasks    INTEGER NOT NULL,
    attempts INTEGER NOT NULL
);

CREATE TABLE messaging.task_counts (
    minute    INTEGER NOT NULL,
    queue     TEXT    NOT NULL,
    accepted  INTEGER NOT NULL,
    attempts  INTEGER NOT NULL,
    succeeded INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    PRIMARY KEY (minute, queue)
) WITHOUT ROWID;

CREATE TABLE messaging.task_totals (
    state    INTEGER NOT NULL PRIMARY KEY,
    accepted INTEGER NOT NULL,
    tasks    INTEGER NOT NULL,
    off      INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE messaging.reporter (
    id         INTEGER NOT NULL PRIMARY KEY,
    holder     TEXT    NULL,
    exports    INTEGER NOT NULL DEFAULT 0,
    held_until INTEGER NOT NULL
);

INSERT INTO messaging.reporter (id, held_until) VALUES (1, 0);

INSERT INTO messaging.task_totals (state, accepted, tasks)
SELECT s.column1, count(t.state), count(t.state) FROM (VALUES (-1), (0), (1), (2), (3), (4), (5), (6), (7), (8)) AS s
LEFT JOIN messaging.tasks AS t ON t.state = s.column1 GROUP BY s.column1;

CREATE TRIGGER /*prefix*/tasks_added AFTER INSERT ON messaging.tasks BEGIN
    INSERT INTO messaging.task_deltas (queue, state, accepted, tasks, attempts) VALUES (new.queue, new.state, 1, 1, new.attempts);
END;

CREATE TRIGGER /*prefix*/tasks_changed AFTER UPDATE ON messaging.tasks WHEN old.state <> new.state OR old.attempts <> new.attempts BEGIN
    INSERT INTO messaging.task_deltas (queue, state, accepted, tasks, attempts)
    VALUES (old.queue, old.state, 0, -1, -old.attempts), (new.queue, new.state, 0, 1, new.attempts);
END;

CREATE TRIGGER /*prefix*/tasks_deleted AFTER DELETE ON messaging.tasks WHEN old.state NOT IN (3, 4, 8) BEGIN
    INSERT INTO messaging.task_deltas (queue, state, accepted, tasks, attempts) VALUES (old.queue, old.state, 0, -1, 0);
    INSERT INTO messaging.task_deltas (at, queue, state, accepted, tasks, attempts) SELECT NULL, old.queue, 4, 0, 1, 0 WHERE old.state = 7;
END;
