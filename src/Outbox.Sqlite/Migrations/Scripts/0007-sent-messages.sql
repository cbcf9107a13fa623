-- What was sent to a broker, until it is known that nothing of it was lost; see the script for PostgreSQL.
CREATE TABLE messaging.sent_messages (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    check_at INTEGER NOT NULL,
    ids      BLOB    NOT NULL,
    messages BLOB    NOT NULL
);

CREATE INDEX /*prefix*/sent_messages_check_at ON messaging.sent_messages (check_at);

ALTER TABLE messaging.queue_workers ADD COLUMN running BLOB NULL;
