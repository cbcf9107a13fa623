-- Where what failed was thrown; see the script for PostgreSQL.
ALTER TABLE messaging.dead_letters ADD COLUMN stack_trace TEXT NULL;
