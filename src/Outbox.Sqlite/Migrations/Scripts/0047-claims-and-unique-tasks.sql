-- A claim passes over the rows of a paused queue in the index alone, and keys past their time are found without reading all.
DROP INDEX messaging.outbox_due;
CREATE INDEX /*prefix*/outbox_due ON messaging.outbox (priority, due_at, id, queue) WHERE in_flight = 0;

CREATE INDEX /*prefix*/unique_tasks_until ON messaging.unique_tasks (until);
