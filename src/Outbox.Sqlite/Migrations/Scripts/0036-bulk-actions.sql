-- Actions on more tasks or dead letters than one transaction takes; see the script for PostgreSQL.
CREATE TABLE messaging.bulk_actions (
    id             TEXT    NOT NULL PRIMARY KEY,
    subject        INTEGER NOT NULL,
    action         INTEGER NOT NULL,
    filter         TEXT    NOT NULL,
    queue          TEXT    NULL,
    successors     INTEGER NOT NULL,
    who            TEXT    NOT NULL,
    started_at     INTEGER NOT NULL,
    up_to          INTEGER NOT NULL,
    state          INTEGER NOT NULL DEFAULT 0,
    total          INTEGER NOT NULL,
    total_is_exact INTEGER NOT NULL,
    step           INTEGER NOT NULL DEFAULT 0,
    position       TEXT    NULL,
    done           INTEGER NOT NULL DEFAULT 0,
    changed        INTEGER NOT NULL DEFAULT 0,
    skipped        INTEGER NOT NULL DEFAULT 0,
    failures       INTEGER NOT NULL DEFAULT 0,
    error          TEXT    NULL,
    ended_at       INTEGER NULL,
    holder         TEXT    NULL,
    held_until     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX /*prefix*/bulk_actions_running ON messaging.bulk_actions (id) WHERE state = 0;
