-- The id is a UUIDv7 and the name of the file; what the client calls it is a text and nothing more.
-- state: 0 received, 1 ready, 2 deleting, 3 lost; thumbnail: the id in the name of its file.
CREATE TABLE uploads (
    id           uuid NOT NULL PRIMARY KEY,
    name         text NOT NULL,
    content_type text NOT NULL,
    size         bigint NOT NULL,
    state        smallint NOT NULL,
    task_id      uuid NOT NULL,
    sha256       text NULL,
    thumbnail    uuid NULL,
    uploaded_at  timestamptz NOT NULL,
    processed_at timestamptz NULL,
    changed_at   timestamptz NOT NULL
);

-- The versions of a name, in order.
CREATE INDEX uploads_by_name ON uploads (name, id);
