-- The answers to requests with an Idempotency-Key; see the script for PostgreSQL.
CREATE TABLE messaging.idempotency_answers (
    id           TEXT    NOT NULL PRIMARY KEY,
    request_hash TEXT    NOT NULL,
    status       INTEGER NOT NULL,
    location     TEXT    NULL,
    content_type TEXT    NULL,
    body         TEXT    NOT NULL,
    created_at   INTEGER NOT NULL
);

CREATE INDEX /*prefix*/idempotency_answers_created_at ON messaging.idempotency_answers (created_at);
