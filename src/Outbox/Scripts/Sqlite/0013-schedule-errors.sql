-- Why a schedule cannot go on; see the script for PostgreSQL.
ALTER TABLE schedules ADD COLUMN error TEXT NULL;
