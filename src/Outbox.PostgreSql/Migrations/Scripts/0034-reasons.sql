-- Finds a message that could not be sent: normal rows, which are sent at their first attempt, are not in the index (docs/decisions/0051).
SET LOCAL lock_timeout = '1s';
CREATE INDEX /*prefix*/outbox_failed ON messaging.outbox (message_id) WHERE attempts > 0;

-- What was done to a task or a queue is found along an index on the target of the audit, audit_target. A year of entries may be there: so it is built outside
-- of a script, while others write (LateIndexes.cs).
