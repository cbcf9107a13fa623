-- How a bulk action goes on after a step that has failed; see the script for PostgreSQL.
ALTER TABLE messaging.bulk_actions ADD COLUMN size INTEGER NOT NULL DEFAULT 200;

ALTER TABLE messaging.bulk_actions ADD COLUMN failing_since INTEGER NULL;
