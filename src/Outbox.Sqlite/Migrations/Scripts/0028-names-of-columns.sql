-- See the script for PostgreSQL.
ALTER TABLE messaging.queue_workers RENAME COLUMN in_hand TO in_flight;
ALTER TABLE messaging.dead_letters RENAME COLUMN place TO throw_site;
