-- Messages that were given up: with everything that is needed to look into them, and to send them again.
CREATE TABLE messaging.dead_letters (
    id             uuid        NOT NULL CONSTRAINT /*prefix*/dead_letters_pkey PRIMARY KEY, -- a UUIDv7: ordered by time
    message_id     uuid        NULL,
    task_id        uuid        NULL,
    queue          text        NOT NULL,
    message_type   text        NULL,
    reason         text        NOT NULL, -- Failed, Skipped (no consumer takes it) or Undelivered (the broker gave it up)
    exception_type text        NULL,
    place          text        NULL,     -- the method that threw
    group_id       uuid        NOT NULL, -- of the same reason, exception type and place
    error          text        NULL,
    headers        text        NOT NULL, -- every header, as JSON
    destination    text        NOT NULL,
    content_type   text        NOT NULL,
    metadata       text        NOT NULL, -- of the message that a redrive sends
    body           bytea       NOT NULL,
    edited_body    bytea       NULL,     -- what a redrive sent instead of the body
    state          smallint    NOT NULL DEFAULT 0, -- 0 Dead, 1 Redriven, 2 Dropped
    dead_at        timestamptz NOT NULL,
    ended_at       timestamptz NULL,
    action_id      uuid        NULL      -- the redrive or drop that ended it, which may have ended many
);

CREATE INDEX /*prefix*/dead_letters_state ON messaging.dead_letters (state, id);
CREATE INDEX /*prefix*/dead_letters_group ON messaging.dead_letters (group_id, id) WHERE state = 0;
CREATE INDEX /*prefix*/dead_letters_task ON messaging.dead_letters (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX /*prefix*/dead_letters_action ON messaging.dead_letters (action_id) WHERE action_id IS NOT NULL;
