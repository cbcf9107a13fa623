-- Where what failed was thrown; see the script for PostgreSQL.
ALTER TABLE dead_letters ADD COLUMN stack_trace TEXT NULL;
