-- The answers to requests with an Idempotency-Key, written with what the request did. Insert-only, as the inbox.
CREATE TABLE messaging.idempotency_answers (
    id           uuid        NOT NULL CONSTRAINT /*prefix*/idempotency_answers_pkey PRIMARY KEY, -- derived from the key and its scope
    request_hash text        NOT NULL,
    status       integer     NOT NULL,
    location     text        NULL,
    content_type text        NULL,
    body         text        NOT NULL,
    created_at   timestamptz NOT NULL
);

CREATE INDEX /*prefix*/idempotency_answers_created_at ON messaging.idempotency_answers USING brin (created_at);
