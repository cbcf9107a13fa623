-- How a bulk action goes on after a step that has failed; and groups of dead letters by an index alone, whatever the size of the letters.
SET LOCAL lock_timeout = '1s';

ALTER TABLE messaging.bulk_actions
    ADD COLUMN size          integer     NOT NULL DEFAULT 200,
    ADD COLUMN failing_since timestamptz NULL;

COMMENT ON COLUMN messaging.bulk_actions.size IS 'How many a step changes at most.';
COMMENT ON COLUMN messaging.bulk_actions.failing_since IS 'When the current step failed for the first time.';
COMMENT ON COLUMN messaging.bulk_actions.held_until IS 'From when on another process may take it; without a holder, when its next attempt is.';

DROP INDEX messaging.dead_letters_group;
CREATE INDEX /*prefix*/dead_letters_group ON messaging.dead_letters (group_id, id) INCLUDE (queue, dead_at) WHERE state = 0;

-- What is past its retention: without it each clean-up reads all that are decided.
CREATE INDEX /*prefix*/dead_letters_ended ON messaging.dead_letters (ended_at) WHERE ended_at IS NOT NULL;
