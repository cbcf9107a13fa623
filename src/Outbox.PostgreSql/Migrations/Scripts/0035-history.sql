-- What the dashboard's charts need beside task_counts (docs/decisions/0052): the depth of queues, written each minute by the reporter, and how long tasks took from
-- their acceptance to their effect, added by the workers that measured it. Both are bounded in time, and do not grow with the number of tasks.
SET LOCAL lock_timeout = '1s';

CREATE TABLE messaging.queue_depths (
    minute timestamptz NOT NULL,
    queue  text        NOT NULL,
    depth  bigint      NOT NULL,
    CONSTRAINT /*prefix*/queue_depths_pkey PRIMARY KEY (minute, queue)
);

CREATE TABLE messaging.task_effects (
    seconds  integer     NOT NULL,
    start_at timestamptz NOT NULL,
    queue    text        NOT NULL,
    bucket   smallint    NOT NULL,
    tasks    bigint      NOT NULL,
    CONSTRAINT /*prefix*/task_effects_pkey PRIMARY KEY (seconds, start_at, queue, bucket)
) WITH (fillfactor = 70);

ALTER TABLE messaging.schedules ADD COLUMN recent_runs text NULL;

COMMENT ON TABLE messaging.queue_depths IS 'Messages that waited in a queue, by minute, for eight days.';
COMMENT ON COLUMN messaging.queue_depths.minute IS 'The beginning of the minute in which the reporter read it.';
COMMENT ON COLUMN messaging.queue_depths.queue IS 'The queue.';
COMMENT ON COLUMN messaging.queue_depths.depth IS 'Messages at the broker that were ready, and due ones in the outbox, which are counted to 100,000.';

COMMENT ON TABLE messaging.task_effects IS 'How long tasks took from their acceptance to the commit of their effect: a histogram of a sample, by time, queue and bucket.';
COMMENT ON COLUMN messaging.task_effects.seconds IS 'How long the time is that the row is about: 60, kept for two hours, or 900, kept for eight days.';
COMMENT ON COLUMN messaging.task_effects.start_at IS 'The beginning of that time.';
COMMENT ON COLUMN messaging.task_effects.queue IS 'The queue.';
COMMENT ON COLUMN messaging.task_effects.bucket IS 'The bucket: up to 2 ^ (bucket / 4) milliseconds, and more than the bucket before.';
COMMENT ON COLUMN messaging.task_effects.tasks IS 'The tasks of the sample in this bucket.';

COMMENT ON COLUMN messaging.schedules.recent_runs IS 'The last ten runs, newest first: 48 characters each, the task and the due time in milliseconds since 1970.';
