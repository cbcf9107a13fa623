-- The messages of cancelled tasks (waiting = 2): never due, kept as long as the task is, so that a retry brings it back.
CREATE INDEX outbox_cancelled ON outbox (message_id) WHERE waiting = 2;

-- Each queue is counted by itself, up to a bound, and its oldest message is the first row.
CREATE INDEX outbox_queue ON outbox (queue, due_at);
CREATE INDEX dead_letters_queue ON dead_letters (queue, id) WHERE state = 0;
