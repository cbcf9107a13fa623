-- The processes of the service that are alive: those that consume queues, and those that do not.
CREATE TABLE messaging.processes (
    process        text        NOT NULL CONSTRAINT /*prefix*/processes_pkey PRIMARY KEY,
    service        text        NOT NULL,
    host           text        NOT NULL,
    process_id     integer     NOT NULL,
    version        text        NOT NULL,
    started_at     timestamptz NOT NULL,
    seen_at        timestamptz NOT NULL,
    dispatches     smallint    NOT NULL,
    runs_schedules smallint    NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200);

COMMENT ON TABLE messaging.processes IS 'One row for each process, which reports every few seconds and is deleted when it stops.';
COMMENT ON COLUMN messaging.processes.process IS 'The process: machine:process, as in queue_workers.worker.';
COMMENT ON COLUMN messaging.processes.service IS 'The name of the service.';
COMMENT ON COLUMN messaging.processes.host IS 'The machine or container.';
COMMENT ON COLUMN messaging.processes.process_id IS 'The number of the process there.';
COMMENT ON COLUMN messaging.processes.version IS 'The version of the application.';
COMMENT ON COLUMN messaging.processes.started_at IS 'When it started.';
COMMENT ON COLUMN messaging.processes.seen_at IS 'When it last reported.';
COMMENT ON COLUMN messaging.processes.dispatches IS '1 if it dispatches the outbox.';
COMMENT ON COLUMN messaging.processes.runs_schedules IS '1 if it runs schedules.';
