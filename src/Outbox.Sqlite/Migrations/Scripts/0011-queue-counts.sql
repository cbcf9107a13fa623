-- The messages of cancelled tasks (waiting = 2): never due, kept as long as the task is, so that a retry brings it back.
CREATE INDEX /*prefix*/outbox_cancelled ON messaging.outbox (message_id) WHERE waiting = 2;

-- Each queue is counted by itself, up to a bound, and its oldest message is the first row.
CREATE INDEX /*prefix*/outbox_queue ON messaging.outbox (queue, due_at);
CREATE INDEX /*prefix*/dead_letters_queue ON messaging.dead_letters (queue, id) WHERE state = 0;
