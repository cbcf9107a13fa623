-- Notes on groups of dead letters, and to which other queue one was redriven; see the script for PostgreSQL.
CREATE TABLE messaging.dead_letter_notes (
    group_id TEXT    NOT NULL PRIMARY KEY,
    note     TEXT    NOT NULL,
    who      TEXT    NOT NULL,
    at       INTEGER NOT NULL
) WITHOUT ROWID;

ALTER TABLE messaging.dead_letters ADD COLUMN redriven_to TEXT NULL;
