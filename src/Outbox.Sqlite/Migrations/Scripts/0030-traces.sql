-- The trace in which a task was enqueued, and whether it is sampled; see the script for PostgreSQL.
ALTER TABLE messaging.tasks ADD COLUMN trace_id TEXT NULL;
ALTER TABLE messaging.tasks ADD COLUMN trace_recorded INTEGER NULL;
CREATE INDEX /*prefix*/tasks_trace ON messaging.tasks (trace_id, id) WHERE trace_recorded;
