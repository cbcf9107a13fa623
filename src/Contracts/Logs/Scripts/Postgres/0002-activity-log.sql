-- The id is the task's, which is time-ordered (UUIDv7): the key is in the order of arrival.
CREATE TABLE activity_log (
    id         uuid NOT NULL PRIMARY KEY,
    level      smallint NOT NULL,
    message    text NOT NULL,
    properties text NOT NULL,
    logged_at  timestamptz NOT NULL
);
