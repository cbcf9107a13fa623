-- What is kept of the messages of tasks, and the keys by which tasks are found; see the script for PostgreSQL.
ALTER TABLE messaging.tasks ADD COLUMN run_again_of TEXT NULL;

CREATE TABLE messaging.task_payloads (
    task_id  TEXT    NOT NULL PRIMARY KEY,
    type     TEXT    NOT NULL,
    address  TEXT    NULL,
    bytes    INTEGER NOT NULL,
    redacted TEXT    NULL,
    message  TEXT    NULL
);

CREATE TABLE messaging.task_keys (
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    task_id TEXT NOT NULL,
    PRIMARY KEY (name, value, task_id)
) WITHOUT ROWID;

CREATE INDEX /*prefix*/task_keys_task_id ON messaging.task_keys (task_id);

CREATE TRIGGER /*prefix*/tasks_contents AFTER DELETE ON messaging.tasks BEGIN
    DELETE FROM messaging.task_payloads WHERE task_id = old.id;
    DELETE FROM messaging.task_keys WHERE task_id = old.id;
END;
