-- Two columns get the names that the code, the API and the documentation have for them (docs/glossary.md).
SET LOCAL lock_timeout = '1s';
ALTER TABLE messaging.queue_workers RENAME COLUMN in_hand TO in_flight;
ALTER TABLE messaging.dead_letters RENAME COLUMN place TO throw_site;
