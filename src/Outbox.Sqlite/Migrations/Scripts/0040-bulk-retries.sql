-- How a bulk action goes on after a step that has failed, groups of dead letters by an index alone, and entries of the audit by who and action; see the script for PostgreSQL.
ALTER TABLE messaging.bulk_actions ADD COLUMN size INTEGER NOT NULL DEFAULT 200;

ALTER TABLE messaging.bulk_actions ADD COLUMN failing_since INTEGER NULL;

ALTER TABLE messaging.bulk_actions ADD COLUMN reason TEXT NULL;

DROP INDEX messaging.dead_letters_group;
CREATE INDEX /*prefix*/dead_letters_group ON messaging.dead_letters (group_id, id, queue, dead_at) WHERE state = 0;

CREATE INDEX /*prefix*/audit_who ON messaging.audit (who, id);
CREATE INDEX /*prefix*/audit_action ON messaging.audit (action, id);

CREATE INDEX /*prefix*/dead_letters_ended ON messaging.dead_letters (ended_at) WHERE ended_at IS NOT NULL;
