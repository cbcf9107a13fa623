-- The outbox holds messages from the commit that staged them until the broker has confirmed them. Rows are inserted and
-- deleted, never updated, and there is one index: a claimed row leaves one dead tuple behind, which autovacuum is told to
-- collect early.
CREATE TABLE messaging.outbox (
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    due_at       timestamptz NOT NULL,
    message_id   uuid        NOT NULL,
    attempts     integer     NOT NULL DEFAULT 0,
    last_error   text        NULL,
    destination  text        NOT NULL,
    content_type text        NOT NULL,
    metadata     text        NOT NULL,
    body         bytea       NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX /*prefix*/outbox_due ON messaging.outbox (due_at, id);

-- One row for everything that happens once to a message. Insert-only, so a block range index finds what is past retention.
CREATE TABLE messaging.inbox (
    message_id  uuid        NOT NULL,
    consumer_id uuid        NOT NULL,
    consumed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT /*prefix*/inbox_pkey PRIMARY KEY (message_id, consumer_id)
);

CREATE INDEX /*prefix*/inbox_consumed_at ON messaging.inbox USING brin (consumed_at);

-- No index but the key: a task is written once and updated once, and with room left in the page the update is HOT.
CREATE TABLE messaging.tasks (
    id              uuid        NOT NULL CONSTRAINT /*prefix*/tasks_pkey PRIMARY KEY,
    kind            text        NOT NULL,
    state           smallint    NOT NULL DEFAULT 0,
    attempts        integer     NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz NULL,
    finished_at     timestamptz NULL,
    next_attempt_at timestamptz NULL,
    last_error      text        NULL
) WITH (fillfactor = 60);

CREATE INDEX /*prefix*/tasks_created_at ON messaging.tasks USING brin (created_at);
