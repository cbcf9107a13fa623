-- How a bulk action goes on after a step that has failed. The indexes that SQLite's script builds are built after the migration, since the tables may be large (LateIndexes).
SET LOCAL lock_timeout = '1s';

ALTER TABLE messaging.bulk_actions
    ADD COLUMN size          integer     NOT NULL DEFAULT 200,
    ADD COLUMN failing_since timestamptz NULL,
    ADD COLUMN reason        text        NULL;

COMMENT ON COLUMN messaging.bulk_actions.size IS 'How many a step changes at most.';
COMMENT ON COLUMN messaging.bulk_actions.failing_since IS 'When the current step failed for the first time.';
COMMENT ON COLUMN messaging.bulk_actions.reason IS 'Why some were skipped that could be changed in another way.';
COMMENT ON COLUMN messaging.bulk_actions.held_until IS 'From when on another process may take it; without a holder, when its next attempt is.';
