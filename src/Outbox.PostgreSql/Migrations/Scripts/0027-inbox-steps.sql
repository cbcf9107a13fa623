-- Stores in words what each row of the inbox stands for; before, there was only a hash. The columns are nullable and have no default, so no row
-- is rewritten, however many there are; older rows keep NULL. The lock on all partitions is short. If another session holds one of them, this script
-- stops after a second and the migrator repeats it, so that other statements do not queue behind it.
SET LOCAL lock_timeout = '1s';
ALTER TABLE messaging.inbox ADD COLUMN kind text NULL, ADD COLUMN step text NULL;
