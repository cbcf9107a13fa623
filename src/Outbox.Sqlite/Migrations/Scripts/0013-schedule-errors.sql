-- Why a schedule cannot go on; see the script for PostgreSQL.
ALTER TABLE messaging.schedules ADD COLUMN error TEXT NULL;
