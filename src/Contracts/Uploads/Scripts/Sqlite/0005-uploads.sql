-- The id is a UUIDv7 and the name of the file; what the client calls it is a text and nothing more.
-- state: 0 received, 1 ready, 2 deleting, 3 lost; thumbnail: the id in the name of its file.
CREATE TABLE uploads (
    id           TEXT NOT NULL PRIMARY KEY,
    name         text NOT NULL,
    content_type text NOT NULL,
    size         INTEGER NOT NULL,
    state        INTEGER NOT NULL,
    task_id      TEXT NOT NULL,
    sha256       text NULL,
    thumbnail    TEXT NULL,
    uploaded_at  TEXT NOT NULL,
    processed_at TEXT NULL,
    changed_at   TEXT NOT NULL
);

-- The versions of a name, in order.
CREATE INDEX uploads_by_name ON uploads (name, id);
