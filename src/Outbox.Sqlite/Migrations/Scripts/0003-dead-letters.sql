-- Messages that were given up; see the script for PostgreSQL.
CREATE TABLE messaging.dead_letters (
    id             TEXT    NOT NULL PRIMARY KEY,
    message_id     TEXT    NULL,
    task_id        TEXT    NULL,
    queue          TEXT    NOT NULL,
    message_type   TEXT    NULL,
    reason         TEXT    NOT NULL,
    exception_type TEXT    NULL,
    place          TEXT    NULL,
    group_id       TEXT    NOT NULL,
    error          TEXT    NULL,
    headers        TEXT    NOT NULL,
    destination    TEXT    NOT NULL,
    content_type   TEXT    NOT NULL,
    metadata       TEXT    NOT NULL,
    body           BLOB    NOT NULL,
    edited_body    BLOB    NULL,
    state          INTEGER NOT NULL DEFAULT 0,
    dead_at        INTEGER NOT NULL,
    ended_at       INTEGER NULL,
    action_id      TEXT    NULL
);

CREATE INDEX /*prefix*/dead_letters_state ON messaging.dead_letters (state, id);
CREATE INDEX /*prefix*/dead_letters_group ON messaging.dead_letters (group_id, id) WHERE state = 0;
CREATE INDEX /*prefix*/dead_letters_task ON messaging.dead_letters (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX /*prefix*/dead_letters_action ON messaging.dead_letters (action_id) WHERE action_id IS NOT NULL;
