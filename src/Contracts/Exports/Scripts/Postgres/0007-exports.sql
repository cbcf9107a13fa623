-- The id is the task's (UUIDv7). last_id is the checkpoint: the newest entry that is written.
CREATE TABLE exports (
    id          uuid NOT NULL PRIMARY KEY,
    created_at  timestamptz NOT NULL,
    last_id     uuid NULL,
    entries     bigint NOT NULL DEFAULT 0,
    finished_at timestamptz NULL
);

-- What makes a file count: one that has no row here was not finished, or is not needed any more.
CREATE TABLE export_files (
    export_id uuid NOT NULL,
    part      integer NOT NULL,
    name      text NOT NULL UNIQUE,
    bytes     bigint NOT NULL,
    PRIMARY KEY (export_id, part)
);
