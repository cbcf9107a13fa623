-- The task with which this one was cancelled; see the script for PostgreSQL.
ALTER TABLE messaging.tasks ADD COLUMN cancelled_with TEXT NULL;
