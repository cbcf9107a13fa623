-- Who wrote an entry; see the script for PostgreSQL.
ALTER TABLE activity_log ADD COLUMN source INTEGER NOT NULL DEFAULT 0;
