-- The trace in which a task was enqueued, and whether it is sampled. Only sampled ones are in the index, so that tasks without one cost no entry; a column
-- of the index is never updated, so that updates stay HOT (docs/decisions/0043). The columns have no default that would be written to rows that exist, and the
-- index finds nothing in them: it reads each partition once.
SET LOCAL lock_timeout = '1s';
ALTER TABLE messaging.tasks ADD COLUMN trace_id uuid NULL, ADD COLUMN trace_recorded boolean NULL;
CREATE INDEX /*prefix*/tasks_trace ON messaging.tasks (trace_id, id) WHERE trace_recorded;
COMMENT ON COLUMN messaging.tasks.trace_id IS 'The trace in which it was enqueued (W3C); NULL without one.';
COMMENT ON COLUMN messaging.tasks.trace_recorded IS 'True if that trace is sampled: then the index finds it. NULL without a trace.';
