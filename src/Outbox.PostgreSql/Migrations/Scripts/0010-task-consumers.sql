-- Of a task whose message several consumers take: which of them are done with it, and on which queues it was given up. A task with one
-- consumer has no rows here, and one that has succeeded has none any more.
CREATE TABLE messaging.task_consumers (
    task_id     uuid        NOT NULL,
    consumer_id uuid        NOT NULL, -- as in the inbox; derived from the queue where it was given up
    queue       text        NOT NULL,
    failed      smallint    NOT NULL, -- 1 given up, 0 done
    expected    text        NOT NULL, -- the consumers that have to be done: queue;queue*2
    ended_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT /*prefix*/task_consumers_pkey PRIMARY KEY (task_id, consumer_id)
);

CREATE INDEX /*prefix*/task_consumers_ended ON messaging.task_consumers (ended_at);

-- When a worker last reported the queue, to a minute or so: one that nobody consumes any more is not waited for.
ALTER TABLE messaging.queues ADD COLUMN seen_at timestamptz NULL;
