-- Finds messages that could not be sent, and what was done to a task or a queue; see the script for PostgreSQL.
CREATE INDEX /*prefix*/outbox_failed ON messaging.outbox (message_id) WHERE attempts > 0;
CREATE INDEX /*prefix*/audit_target ON messaging.audit (target, id);
