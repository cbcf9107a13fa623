-- The id is the task's, which is time-ordered (UUIDv7): the key is in the order of arrival.
CREATE TABLE activity_log (
    id         TEXT NOT NULL PRIMARY KEY,
    level      INTEGER NOT NULL,
    message    text NOT NULL,
    properties text NOT NULL,
    logged_at  TEXT NOT NULL
);
