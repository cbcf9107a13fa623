-- What each row of the inbox stands for, in words: until now there was nothing but a hash of it. The columns may be NULL and have no default, so no row is
-- written again, however many there are; the rows from before stay without. The lock is of all partitions and lasts for a moment. Who holds one of them
-- is not waited for in the way of everybody else: this script gives up after a second, and comes again.
SET LOCAL lock_timeout = '1s';
ALTER TABLE messaging.inbox ADD COLUMN kind text NULL, ADD COLUMN step text NULL;
