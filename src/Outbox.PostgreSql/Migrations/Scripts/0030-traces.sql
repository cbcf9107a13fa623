-- The trace in which a task was enqueued, and whether it is sampled. Only sampled ones are in the index, so that tasks without one cost no entry; a column
-- of the index is never updated, so that updates stay HOT (docs/decisions/0043). No row is rewritten. Small partitions get the index here; in a large one
-- nobody could write meanwhile, so the migrator builds it afterwards, beside whoever writes (PartitionIndex). New partitions get it with their table.
SET LOCAL lock_timeout = '1s';
ALTER TABLE messaging.tasks ADD COLUMN trace_id uuid NULL, ADD COLUMN trace_recorded boolean NULL;
CREATE INDEX /*prefix*/tasks_trace ON ONLY messaging.tasks (trace_id, id) WHERE trace_recorded;
DO $$
DECLARE
    part text;
BEGIN
    FOR part IN
        SELECT substr(relname, length('/*prefix*/') + 1) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'messaging.tasks'::regclass AND pg_relation_size(inhrelid) < 8388608
    LOOP
        EXECUTE format('CREATE INDEX /*prefix*/%1$s_trace ON messaging.%1$s (trace_id, id) WHERE trace_recorded', part);
        EXECUTE format('ALTER INDEX messaging.tasks_trace ATTACH PARTITION messaging.%1$s_trace', part);
    END LOOP;
END $$;
COMMENT ON COLUMN messaging.tasks.trace_id IS 'The trace in which it was enqueued (W3C); NULL without one.';
COMMENT ON COLUMN messaging.tasks.trace_recorded IS 'True if that trace is sampled: then the index finds it. NULL without a trace.';
