-- Counts tasks where their rows change, in the same transaction, so that no code path can forget one (docs/decisions/0044). Each statement that changes tasks
-- appends a row for each queue and state to task_deltas; one process adds them up every few seconds. The triggers belong to the partitioned table: rows that
-- the clean-up moves or drops with a partition are addressed by the partition's name, and are not counted again.
SET LOCAL lock_timeout = '1s';

CREATE TABLE messaging.task_deltas (
    at       timestamptz NULL DEFAULT now(),
    queue    text        NULL,
    state    smallint    NOT NULL,
    accepted integer     NOT NULL,
    tasks    integer     NOT NULL,
    attempts integer     NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE messaging.task_counts (
    minute    timestamptz NOT NULL,
    queue     text        NOT NULL,
    accepted  bigint      NOT NULL,
    attempts  bigint      NOT NULL,
    succeeded bigint      NOT NULL,
    failed    bigint      NOT NULL,
    cancelled bigint      NOT NULL,
    CONSTRAINT /*prefix*/task_counts_pkey PRIMARY KEY (minute, queue)
) WITH (fillfactor = 70);

CREATE TABLE messaging.task_totals (
    state    smallint NOT NULL CONSTRAINT /*prefix*/task_totals_pkey PRIMARY KEY,
    accepted bigint   NOT NULL,
    tasks    bigint   NOT NULL,
    off      bigint   NOT NULL DEFAULT 0
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200);

CREATE TABLE messaging.reporter (
    id         smallint    NOT NULL CONSTRAINT /*prefix*/reporter_pkey PRIMARY KEY,
    holder     uuid        NULL,
    exports    smallint    NOT NULL DEFAULT 0,
    held_until timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200);

INSERT INTO messaging.reporter (id, held_until) VALUES (1, '2020-01-01 00:00:00Z');

-- With the rights of the owner, so that a role that may write tasks needs no right to write counts. A search path of its own would cost more than the counting:
-- so every name says its schema, and nobody's own function or operator is called.
CREATE FUNCTION messaging.count_tasks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
        INSERT INTO messaging.task_deltas (queue, state, accepted, tasks, attempts)
        SELECT queue, state, pg_catalog.count(*), pg_catalog.count(*), pg_catalog.sum(attempts) FROM added GROUP BY queue, state;
    ELSIF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' THEN
        INSERT INTO messaging.task_deltas (queue, state, accepted, tasks, attempts)
        SELECT queue, state, 0, pg_catalog.count(*), pg_catalog.sum(attempts) FROM changed GROUP BY queue, state
        UNION ALL SELECT queue, state, 0, OPERATOR(pg_catalog.-) pg_catalog.count(*), OPERATOR(pg_catalog.-) pg_catalog.sum(attempts) FROM former GROUP BY queue, state;
    ELSE -- What has ended stays counted when its retention is over. A blocked task goes with its failed predecessor, and has failed as well, at no time of its
         -- own. Anything else that has not ended must not be deleted: the balance shows it.
        INSERT INTO messaging.task_deltas (at, queue, state, accepted, tasks, attempts)
        SELECT pg_catalog.now(), queue, state, 0, OPERATOR(pg_catalog.-) pg_catalog.count(*), 0 FROM former
        WHERE state OPERATOR(pg_catalog.<>) ALL ('{3,4,8}'::pg_catalog.int2[]) GROUP BY queue, state
        UNION ALL SELECT NULL, queue, 4, 0, pg_catalog.count(*), 0 FROM former WHERE state OPERATOR(pg_catalog.=) 7 GROUP BY queue;
    END IF;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION messaging.count_tasks() FROM PUBLIC;

CREATE TRIGGER /*prefix*/tasks_added AFTER INSERT ON messaging.tasks REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION messaging.count_tasks();
CREATE TRIGGER /*prefix*/tasks_changed AFTER UPDATE ON messaging.tasks REFERENCING OLD TABLE AS former NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION messaging.count_tasks();
CREATE TRIGGER /*prefix*/tasks_deleted AFTER DELETE ON messaging.tasks REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION messaging.count_tasks();

-- As before, but the rows that stay go straight to the default partition, where they were going: they are not counted as new.
CREATE OR REPLACE FUNCTION messaging.drop_partition(parent text, part text, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    columns text;
    moved   bigint;
BEGIN
    PERFORM messaging.check_partition(parent, part);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
    WHERE attrelid = format('messaging.%s', parent)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('ALTER TABLE messaging.%s DETACH PARTITION messaging.%s', parent, part);
    EXECUTE format(
        'WITH moved AS (DELETE FROM messaging.%1$s WHERE %2$s RETURNING %3$s) INSERT INTO messaging.%4$s_default (%3$s) SELECT %3$s FROM moved',
        part, messaging.stays_after(parent, moment), columns, parent);
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXECUTE format('DROP TABLE messaging.%s', part);
    RETURN moved;
END $$;

COMMENT ON TABLE messaging.task_deltas IS 'What statements have changed in tasks since the reporter last added it up: one row for each statement, queue and state.';
COMMENT ON COLUMN messaging.task_deltas.at IS 'When its transaction began; NULL for what belongs to no minute.';
COMMENT ON COLUMN messaging.task_deltas.queue IS 'The queue of the tasks, if known.';
COMMENT ON COLUMN messaging.task_deltas.state IS 'The state, as in tasks; -1 for a difference of the balance that an operator accepts.';
COMMENT ON COLUMN messaging.task_deltas.accepted IS 'Tasks that were added.';
COMMENT ON COLUMN messaging.task_deltas.tasks IS 'By how much the number of tasks in this state has changed. Tasks that ended are not subtracted when they are deleted.';
COMMENT ON COLUMN messaging.task_deltas.attempts IS 'By how much the sum of the attempts of tasks in this state has changed.';

COMMENT ON TABLE messaging.task_counts IS 'What happened to tasks, by minute and queue, for eight days.';
COMMENT ON COLUMN messaging.task_counts.minute IS 'The beginning of the minute.';
COMMENT ON COLUMN messaging.task_counts.queue IS 'The queue; empty if it was not known.';
COMMENT ON COLUMN messaging.task_counts.accepted IS 'Tasks that were added.';
COMMENT ON COLUMN messaging.task_counts.attempts IS 'Attempts of which the row of the task shows that they ended or are running.';
COMMENT ON COLUMN messaging.task_counts.succeeded IS 'Tasks that succeeded.';
COMMENT ON COLUMN messaging.task_counts.failed IS 'Tasks that failed, without those that were redriven; may be negative.';
COMMENT ON COLUMN messaging.task_counts.cancelled IS 'Tasks that were cancelled, without those that were retried; may be negative.';

COMMENT ON TABLE messaging.task_totals IS 'The sum of all deltas that were added up, one row for each state.';
COMMENT ON COLUMN messaging.task_totals.state IS 'The state, as in tasks; -1 for differences of the balance that operators have accepted.';
COMMENT ON COLUMN messaging.task_totals.accepted IS 'Tasks that were added in this state.';
COMMENT ON COLUMN messaging.task_totals.tasks IS 'Tasks in this state; for states that are an end, including those deleted since.';
COMMENT ON COLUMN messaging.task_totals.off IS 'By how much the rows of tasks in this state differed from that number when they were last counted; 0 unless work was lost or counted twice.';

COMMENT ON TABLE messaging.reporter IS 'The one process that reads the figures of all processes: one row.';
COMMENT ON COLUMN messaging.reporter.id IS 'Always 1.';
COMMENT ON COLUMN messaging.reporter.holder IS 'The process.';
COMMENT ON COLUMN messaging.reporter.exports IS '1 if somebody in that process listens to the figures; otherwise another one may take its place.';
COMMENT ON COLUMN messaging.reporter.held_until IS 'From when on another process may take its place: three intervals after it last read the figures.';

COMMENT ON FUNCTION messaging.count_tasks() IS 'Records in task_deltas what a statement has changed in tasks.';
