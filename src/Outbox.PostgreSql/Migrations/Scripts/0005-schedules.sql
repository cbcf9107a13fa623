-- Tasks that are handed on at the times of a cron expression. Whoever moves next_due_at on hands the task on, in one
-- transaction, so there is one run for each due time however many processes look.
CREATE TABLE messaging.schedules (
    name         text        NOT NULL CONSTRAINT /*prefix*/schedules_pkey PRIMARY KEY,
    cron         text        NOT NULL,
    time_zone    text        NOT NULL, -- IANA
    misfire      text        NOT NULL, -- fire_once, skip or fire_all
    task_type    text        NOT NULL,
    message      text        NOT NULL, -- JSON, as it was given
    kind         text        NULL,
    paused       smallint    NOT NULL DEFAULT 0,
    next_due_at  timestamptz NULL,     -- NULL while it is paused
    last_due_at  timestamptz NULL,
    last_task_id uuid        NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL  -- by somebody, not by a run
);

CREATE INDEX /*prefix*/schedules_next_due ON messaging.schedules (next_due_at);
