-- The task with which this one was cancelled; see the script for PostgreSQL.
ALTER TABLE tasks ADD COLUMN cancelled_with TEXT NULL;
