-- The id is the task's (UUIDv7). last_id is the checkpoint: the newest entry that is written.
CREATE TABLE exports (
    id          TEXT NOT NULL PRIMARY KEY,
    created_at  TEXT NOT NULL,
    last_id     TEXT NULL,
    entries     INTEGER NOT NULL DEFAULT 0,
    finished_at TEXT NULL
);

-- What makes a file count: one that has no row here was not finished, or is not needed any more.
CREATE TABLE export_files (
    export_id TEXT NOT NULL,
    part      INTEGER NOT NULL,
    name      text NOT NULL UNIQUE,
    bytes     INTEGER NOT NULL,
    PRIMARY KEY (export_id, part)
);
