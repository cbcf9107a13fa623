-- What one does with tasks besides running them: wait for a time or for another task, cancel, show progress, keep a result.
ALTER TABLE messaging.outbox
    ADD COLUMN queue    text     NULL,
    ADD COLUMN priority smallint NOT NULL DEFAULT 1, -- 0 high, 1 normal, 2 low
    ADD COLUMN waiting  smallint NOT NULL DEFAULT 0; -- 1 for a row that was staged with a delay, or waits for another task

-- Claimed level by level, so that a backlog of one level does not hold up another.
DROP INDEX messaging.outbox_due;
CREATE INDEX /*prefix*/outbox_due ON messaging.outbox (priority, due_at, id);

-- Cancel and retry-now look for one message, but only among those that wait.
CREATE INDEX /*prefix*/outbox_waiting ON messaging.outbox (message_id) WHERE waiting = 1;

-- attention repeats the state of the tasks that one looks for: those that are neither Queued nor Succeeded. A task that goes
-- straight from one to the other leaves it NULL, so that its update stays HOT, which an index on state would prevent.
ALTER TABLE messaging.tasks
    ADD COLUMN queue         text     NULL,
    ADD COLUMN worker        text     NULL,
    ADD COLUMN progress      smallint NULL,
    ADD COLUMN progress_text text     NULL,
    ADD COLUMN result        text     NULL,
    ADD COLUMN redrives      integer  NOT NULL DEFAULT 0,
    ADD COLUMN pending       integer  NOT NULL DEFAULT 0, -- tasks that have to succeed first
    ADD COLUMN attention     smallint GENERATED ALWAYS AS (CASE WHEN state IN (0, 3) THEN NULL ELSE state END) STORED;

CREATE INDEX /*prefix*/tasks_attention ON messaging.tasks (attention, id) WHERE attention IS NOT NULL;

-- Failed attempts only: the latest one, and the one that succeeds, are in the task's own row.
CREATE TABLE messaging.task_attempts (
    task_id    uuid        NOT NULL,
    attempt    integer     NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL,
    worker     text        NOT NULL,
    error      text        NOT NULL
);

CREATE INDEX /*prefix*/task_attempts_task ON messaging.task_attempts (task_id);
CREATE INDEX /*prefix*/task_attempts_ended ON messaging.task_attempts (ended_at);

-- successor starts when all its predecessors have succeeded.
CREATE TABLE messaging.task_links (
    predecessor uuid        NOT NULL,
    successor   uuid        NOT NULL,
    linked_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT /*prefix*/task_links_pkey PRIMARY KEY (predecessor, successor)
);

CREATE INDEX /*prefix*/task_links_successor ON messaging.task_links (successor);
CREATE INDEX /*prefix*/task_links_linked ON messaging.task_links (linked_at);

-- At most one waiting task per key.
CREATE TABLE messaging.unique_tasks (
    key     text        NOT NULL CONSTRAINT /*prefix*/unique_tasks_pkey PRIMARY KEY,
    task_id uuid        NOT NULL,
    until   timestamptz NOT NULL
);

-- Who did what, when, to what, and in which state it was. Insert-only.
CREATE TABLE messaging.audit (
    id         uuid        NOT NULL CONSTRAINT /*prefix*/audit_pkey PRIMARY KEY, -- a UUIDv7: ordered by time
    at         timestamptz NOT NULL,
    who        text        NOT NULL,
    action     text        NOT NULL,
    target     text        NOT NULL,
    from_state text        NULL,
    details    text        NULL
);
