-- What was sent, until it is known that nothing of it was lost: a row for each batch of a dispatcher, inserted once and deleted once.
-- ids are the messages' ids, 16 bytes each; messages is compressed already.
CREATE TABLE messaging.sent_messages (
    id       bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT /*prefix*/sent_messages_pkey PRIMARY KEY,
    check_at timestamptz NOT NULL,
    ids      bytea       NOT NULL,
    messages bytea       NOT NULL
);

ALTER TABLE messaging.sent_messages ALTER COLUMN ids SET STORAGE EXTERNAL, ALTER COLUMN messages SET STORAGE EXTERNAL;

CREATE INDEX /*prefix*/sent_messages_check_at ON messaging.sent_messages (check_at);

-- The tasks that the process has been at for a while, 16 bytes each.
ALTER TABLE messaging.queue_workers ADD COLUMN running bytea NULL;
