-- Actions on more tasks or dead letters than one transaction takes: one row for each, which any process takes and moves on step by step (docs/decisions/0054).
CREATE TABLE messaging.bulk_actions (
    id             uuid        NOT NULL CONSTRAINT /*prefix*/bulk_actions_pkey PRIMARY KEY,
    subject        smallint    NOT NULL,
    action         smallint    NOT NULL,
    filter         text        NOT NULL,
    queue          text        NULL,
    successors     smallint    NOT NULL,
    who            text        NOT NULL,
    started_at     timestamptz NOT NULL,
    up_to          timestamptz NOT NULL,
    state          smallint    NOT NULL DEFAULT 0,
    total          bigint      NOT NULL,
    total_is_exact smallint    NOT NULL,
    step           integer     NOT NULL DEFAULT 0,
    position       uuid        NULL,
    done           bigint      NOT NULL DEFAULT 0,
    changed        bigint      NOT NULL DEFAULT 0,
    skipped        bigint      NOT NULL DEFAULT 0,
    failures       integer     NOT NULL DEFAULT 0,
    error          text        NULL,
    ended_at       timestamptz NULL,
    holder         uuid        NULL,
    held_until     timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200);

CREATE INDEX /*prefix*/bulk_actions_running ON messaging.bulk_actions (id) WHERE state = 0;

COMMENT ON TABLE messaging.bulk_actions IS 'Actions on more tasks or dead letters than one transaction takes.';
COMMENT ON COLUMN messaging.bulk_actions.id IS 'A UUIDv7.';
COMMENT ON COLUMN messaging.bulk_actions.subject IS '0 tasks, 1 dead letters.';
COMMENT ON COLUMN messaging.bulk_actions.action IS '0 cancel, 1 retry, 2 redrive, 3 drop.';
COMMENT ON COLUMN messaging.bulk_actions.filter IS 'Which ones, as JSON.';
COMMENT ON COLUMN messaging.bulk_actions.queue IS 'The other queue to which dead letters are redriven.';
COMMENT ON COLUMN messaging.bulk_actions.successors IS 'What happens to the successors: 0 they are cancelled, 1 they are blocked.';
COMMENT ON COLUMN messaging.bulk_actions.who IS 'Who asked for it.';
COMMENT ON COLUMN messaging.bulk_actions.started_at IS 'When that was.';
COMMENT ON COLUMN messaging.bulk_actions.up_to IS 'Only what was there before this time.';
COMMENT ON COLUMN messaging.bulk_actions.state IS '0 running, 1 done, 2 stopped, 3 failed.';
COMMENT ON COLUMN messaging.bulk_actions.total IS 'How many matched when it was asked for.';
COMMENT ON COLUMN messaging.bulk_actions.total_is_exact IS '0 if there were too many to count.';
COMMENT ON COLUMN messaging.bulk_actions.step IS 'The number of steps that are committed.';
COMMENT ON COLUMN messaging.bulk_actions.position IS 'The last id that was searched; the next step continues below it.';
COMMENT ON COLUMN messaging.bulk_actions.done IS 'How many were decided.';
COMMENT ON COLUMN messaging.bulk_actions.changed IS 'How many of them were changed.';
COMMENT ON COLUMN messaging.bulk_actions.skipped IS 'How many of them had changed before, or could not be changed.';
COMMENT ON COLUMN messaging.bulk_actions.failures IS 'How often the current step has failed.';
COMMENT ON COLUMN messaging.bulk_actions.error IS 'The last error of the current step.';
COMMENT ON COLUMN messaging.bulk_actions.ended_at IS 'When it ended.';
COMMENT ON COLUMN messaging.bulk_actions.holder IS 'The process that runs it.';
COMMENT ON COLUMN messaging.bulk_actions.held_until IS 'From when on another process may take it.';
