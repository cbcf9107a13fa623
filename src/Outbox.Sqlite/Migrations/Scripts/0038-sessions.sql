-- The sessions of browsers; see the script for PostgreSQL.
CREATE TABLE messaging.sessions (
    id         TEXT    NOT NULL PRIMARY KEY,
    who        TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
