-- Finds a message that could not be sent: normal rows, which are sent at their first attempt, are not in the index (docs/decisions/0051).
SET LOCAL lock_timeout = '1s';
CREATE INDEX /*prefix*/outbox_failed ON messaging.outbox (message_id) WHERE attempts > 0;

-- Finds what was done to a task or a queue. Only actions of operators, and readings of personal data, write entries.
CREATE INDEX /*prefix*/audit_target ON messaging.audit (target, id);
