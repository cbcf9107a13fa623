-- The queues that workers have reported: which messages they take, and what was set for them over the API. A setting that is
-- NULL was not set: the worker's own configuration holds.
CREATE TABLE messaging.queues (
    name             text             NOT NULL CONSTRAINT /*prefix*/queues_pkey PRIMARY KEY,
    message_types    text             NOT NULL, -- the URNs, as a JSON array
    default_priority smallint         NOT NULL DEFAULT 1, -- as configured; 0 high, 1 normal, 2 low
    priority         smallint         NULL,
    paused           smallint         NOT NULL DEFAULT 0,
    concurrency      integer          NULL,     -- messages that each process consumes at once
    rate_limit       double precision NULL,     -- messages per second, of all processes together
    updated_at       timestamptz      NOT NULL
);

-- One row for each queue of each process, which says every few seconds that it is there.
CREATE TABLE messaging.queue_workers (
    queue          text             NOT NULL,
    worker         text             NOT NULL,
    concurrency    integer          NOT NULL,
    in_hand        integer          NOT NULL,
    consumed       bigint           NOT NULL, -- since the process started
    rate           double precision NOT NULL, -- messages per second, over the last interval
    oldest_seconds double precision NULL,
    seen_at        timestamptz      NOT NULL,
    CONSTRAINT /*prefix*/queue_workers_pkey PRIMARY KEY (queue, worker)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200);
