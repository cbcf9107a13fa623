-- What each row of the inbox stands for, in words; see the script for PostgreSQL.
ALTER TABLE messaging.inbox ADD COLUMN kind TEXT NULL;
ALTER TABLE messaging.inbox ADD COLUMN step TEXT NULL;
