-- What each table and each column is, for the reader of \d+ in psql. PostgresCommentTests fails where one is missing.

COMMENT ON TABLE messaging.outbox IS 'Messages from the commit that staged them until the broker has confirmed them.';
COMMENT ON COLUMN messaging.outbox.id IS 'In the order in which they were stored.';
COMMENT ON COLUMN messaging.outbox.due_at IS 'Not sent before; infinity for what waits for another task, or belongs to a cancelled one.';
COMMENT ON COLUMN messaging.outbox.message_id IS 'The id of the message, and of its task if it has one.';
COMMENT ON COLUMN messaging.outbox.attempts IS 'Failed attempts to send it.';
COMMENT ON COLUMN messaging.outbox.last_error IS 'Why the latest attempt to send it failed.';
COMMENT ON COLUMN messaging.outbox.destination IS 'The address that it is sent to.';
COMMENT ON COLUMN messaging.outbox.content_type IS 'Of the body.';
COMMENT ON COLUMN messaging.outbox.metadata IS 'What it needs besides its body to be sent: headers, types, times. JSON.';
COMMENT ON COLUMN messaging.outbox.body IS 'Its envelope, as it goes to the broker.';
COMMENT ON COLUMN messaging.outbox.queue IS 'The queue that it will come to, as far as it is known.';
COMMENT ON COLUMN messaging.outbox.priority IS '0 high, 1 normal, 2 low. Each level is claimed by itself.';
COMMENT ON COLUMN messaging.outbox.waiting IS '0 no; 1 staged with a delay, or behind another task; 2 of a cancelled task, kept so that a retry brings it back.';

COMMENT ON TABLE messaging.inbox IS 'One row for everything that happens once to a message: whoever would do it again finds the row. Key: message_id and consumer_id.';
COMMENT ON COLUMN messaging.inbox.message_id IS 'The message; for an idempotency-key the id of the answer.';
COMMENT ON COLUMN messaging.inbox.consumer_id IS 'The consumer, or a hash of kind and step: what makes a second row of the same step impossible.';
COMMENT ON COLUMN messaging.inbox.consumed_at IS 'When it happened; what is past the retention goes with its partition.';
COMMENT ON COLUMN messaging.inbox.kind IS 'consumed (by a consumer), deferred (a failed attempt), dead-lettered, skipped (no consumer takes it), isolated (an isolated execution began), cancelled, retried (by somebody), decided (its dead letter was redriven or dropped), undelivered (it could not be sent), settled (a consumer is done with a row of the outbox), idempotency-key (a request was answered). NULL in rows from before version 0027.';
COMMENT ON COLUMN messaging.inbox.step IS 'Which of its kind: the consumer, or the queue with the number of the deferral, redrive and part. NULL where there is nothing more to say.';

COMMENT ON TABLE messaging.tasks IS 'Messages that are tracked from the request until a worker is done with them.';
COMMENT ON COLUMN messaging.tasks.id IS 'The id of the message; a UUIDv7 as a rule, by which the table is partitioned.';
COMMENT ON COLUMN messaging.tasks.kind IS 'The name of the type of its message.';
COMMENT ON COLUMN messaging.tasks.state IS '0 Queued, 1 Running, 2 Retrying, 3 Succeeded, 4 Failed, 5 Scheduled, 6 Waiting, 7 Blocked, 8 Cancelled (docs/decisions/0007).';
COMMENT ON COLUMN messaging.tasks.attempts IS 'Attempts so far, over retries and redrives.';
COMMENT ON COLUMN messaging.tasks.created_at IS 'When it was stored.';
COMMENT ON COLUMN messaging.tasks.started_at IS 'When the latest attempt began.';
COMMENT ON COLUMN messaging.tasks.finished_at IS 'When it succeeded, failed or was cancelled.';
COMMENT ON COLUMN messaging.tasks.next_attempt_at IS 'When it is due: set while it is Retrying or Scheduled.';
COMMENT ON COLUMN messaging.tasks.last_error IS 'Why the latest failed attempt failed, in one line without personal data.';
COMMENT ON COLUMN messaging.tasks.queue IS 'The queue that it is in, as far as it is known.';
COMMENT ON COLUMN messaging.tasks.worker IS 'The process in which the latest attempt was seen: machine:process.';
COMMENT ON COLUMN messaging.tasks.progress IS 'How far its consumer says it is, 0 to 100.';
COMMENT ON COLUMN messaging.tasks.progress_text IS 'What its consumer says it is at.';
COMMENT ON COLUMN messaging.tasks.result IS 'What its consumer returned, as JSON.';
COMMENT ON COLUMN messaging.tasks.redrives IS 'How often it was sent again after it had failed.';
COMMENT ON COLUMN messaging.tasks.pending IS 'Tasks before it that have not succeeded.';
COMMENT ON COLUMN messaging.tasks.attention IS 'The state, unless it is Queued or Succeeded: an index over it finds what one looks for, and leaves the usual way of a task HOT.';
COMMENT ON COLUMN messaging.tasks.cancelled_with IS 'The task with which it was cancelled, because it comes after that one.';

COMMENT ON TABLE messaging.task_attempts IS 'Attempts that failed. The latest one, and the one that succeeds, are in the row of the task.';
COMMENT ON COLUMN messaging.task_attempts.task_id IS 'The task.';
COMMENT ON COLUMN messaging.task_attempts.attempt IS 'Its number, from 1 over retries and redrives.';
COMMENT ON COLUMN messaging.task_attempts.started_at IS 'When it began.';
COMMENT ON COLUMN messaging.task_attempts.ended_at IS 'When it failed.';
COMMENT ON COLUMN messaging.task_attempts.worker IS 'The process that it ran in.';
COMMENT ON COLUMN messaging.task_attempts.error IS 'Why it failed.';

COMMENT ON TABLE messaging.task_links IS 'Which task comes after which: a successor starts when all its predecessors have succeeded.';
COMMENT ON COLUMN messaging.task_links.predecessor IS 'The task before.';
COMMENT ON COLUMN messaging.task_links.successor IS 'The task after.';
COMMENT ON COLUMN messaging.task_links.linked_at IS 'When both were stored.';

COMMENT ON TABLE messaging.task_consumers IS 'Of a task with several consumers: who is done, and on which queues it was dead-lettered. Gone when the task has succeeded.';
COMMENT ON COLUMN messaging.task_consumers.task_id IS 'The task.';
COMMENT ON COLUMN messaging.task_consumers.consumer_id IS 'The consumer, as in the inbox; for a dead-lettered row a hash of the queue.';
COMMENT ON COLUMN messaging.task_consumers.queue IS 'The queue that it consumes.';
COMMENT ON COLUMN messaging.task_consumers.failed IS '1 dead-lettered on this queue, 0 done.';
COMMENT ON COLUMN messaging.task_consumers.expected IS 'All consumers that have to be done: queue;queue*2.';
COMMENT ON COLUMN messaging.task_consumers.ended_at IS 'When.';

COMMENT ON TABLE messaging.unique_tasks IS 'Keys of which one task may wait at a time.';
COMMENT ON COLUMN messaging.unique_tasks.key IS 'The key, with the kind of the task.';
COMMENT ON COLUMN messaging.unique_tasks.task_id IS 'The task that waits.';
COMMENT ON COLUMN messaging.unique_tasks.until IS 'When the key is free again, whatever becomes of the task.';

COMMENT ON TABLE messaging.audit IS 'Who did what, when, to what. Insert-only.';
COMMENT ON COLUMN messaging.audit.id IS 'A UUIDv7: ordered by time.';
COMMENT ON COLUMN messaging.audit.at IS 'When.';
COMMENT ON COLUMN messaging.audit.who IS 'Who: the name of the key, or the system.';
COMMENT ON COLUMN messaging.audit.action IS 'What was done, such as task.cancel.';
COMMENT ON COLUMN messaging.audit.target IS 'To what: an id, or a name.';
COMMENT ON COLUMN messaging.audit.from_state IS 'The state in which it was.';
COMMENT ON COLUMN messaging.audit.details IS 'More, as JSON.';

COMMENT ON TABLE messaging.dead_letters IS 'Messages that are not tried any more, with everything that is needed to look into them and to send them again.';
COMMENT ON COLUMN messaging.dead_letters.id IS 'A UUIDv7: ordered by time.';
COMMENT ON COLUMN messaging.dead_letters.message_id IS 'The message.';
COMMENT ON COLUMN messaging.dead_letters.task_id IS 'Its task, if it is tracked.';
COMMENT ON COLUMN messaging.dead_letters.queue IS 'The queue that it came from.';
COMMENT ON COLUMN messaging.dead_letters.message_type IS 'The type of the message.';
COMMENT ON COLUMN messaging.dead_letters.reason IS 'Failed (its last attempt), Skipped (no consumer takes it), Undelivered (the broker or the dispatcher dead-lettered it), Unsigned or Forged (its signature).';
COMMENT ON COLUMN messaging.dead_letters.exception_type IS 'The type of the exception.';
COMMENT ON COLUMN messaging.dead_letters.throw_site IS 'The method that threw.';
COMMENT ON COLUMN messaging.dead_letters.group_id IS 'The same for letters of the same reason, exception type and throw site: a hash of the three.';
COMMENT ON COLUMN messaging.dead_letters.error IS 'The message of the exception, in one line without personal data.';
COMMENT ON COLUMN messaging.dead_letters.headers IS 'Every header, as JSON.';
COMMENT ON COLUMN messaging.dead_letters.destination IS 'Where a redrive sends it.';
COMMENT ON COLUMN messaging.dead_letters.content_type IS 'Of the body.';
COMMENT ON COLUMN messaging.dead_letters.metadata IS 'Of the message that a redrive sends, as JSON.';
COMMENT ON COLUMN messaging.dead_letters.body IS 'As it was received.';
COMMENT ON COLUMN messaging.dead_letters.edited_body IS 'What a redrive sent instead of the body.';
COMMENT ON COLUMN messaging.dead_letters.state IS '0 Dead, 1 Redriven, 2 Dropped.';
COMMENT ON COLUMN messaging.dead_letters.dead_at IS 'When it was dead-lettered.';
COMMENT ON COLUMN messaging.dead_letters.ended_at IS 'When it was redriven or dropped.';
COMMENT ON COLUMN messaging.dead_letters.action_id IS 'The redrive or drop that ended it, which may have ended many.';
COMMENT ON COLUMN messaging.dead_letters.stack_trace IS 'Where it was thrown; for operators.';

COMMENT ON TABLE messaging.idempotency_answers IS 'Answers to requests with an Idempotency-Key, written with what the request did.';
COMMENT ON COLUMN messaging.idempotency_answers.id IS 'A hash of the key and its scope; the same as message_id of the row of the inbox.';
COMMENT ON COLUMN messaging.idempotency_answers.request_hash IS 'A hash of the request: another request with the same key is refused.';
COMMENT ON COLUMN messaging.idempotency_answers.status IS 'The status of the answer.';
COMMENT ON COLUMN messaging.idempotency_answers.location IS 'Its Location.';
COMMENT ON COLUMN messaging.idempotency_answers.content_type IS 'Its Content-Type.';
COMMENT ON COLUMN messaging.idempotency_answers.body IS 'Its body.';
COMMENT ON COLUMN messaging.idempotency_answers.created_at IS 'When it was answered.';

COMMENT ON TABLE messaging.schedules IS 'Tasks that are enqueued at the times of a cron expression. Who moves next_due_at enqueues the task, in one transaction.';
COMMENT ON COLUMN messaging.schedules.name IS 'Its name.';
COMMENT ON COLUMN messaging.schedules.cron IS 'The expression.';
COMMENT ON COLUMN messaging.schedules.time_zone IS 'The IANA name of the zone that it is read in.';
COMMENT ON COLUMN messaging.schedules.misfire IS 'What becomes of times that were missed: fire_once, skip or fire_all.';
COMMENT ON COLUMN messaging.schedules.task_type IS 'The type of the message.';
COMMENT ON COLUMN messaging.schedules.message IS 'The message, as JSON, as it was given.';
COMMENT ON COLUMN messaging.schedules.kind IS 'What its tasks are called, if not by their type.';
COMMENT ON COLUMN messaging.schedules.paused IS '1 while it is paused.';
COMMENT ON COLUMN messaging.schedules.next_due_at IS 'When it is due next; NULL while it is paused, or cannot go on.';
COMMENT ON COLUMN messaging.schedules.last_due_at IS 'When it was due last.';
COMMENT ON COLUMN messaging.schedules.last_task_id IS 'The latest task.';
COMMENT ON COLUMN messaging.schedules.created_at IS 'When it was created.';
COMMENT ON COLUMN messaging.schedules.updated_at IS 'When somebody changed it; a run does not.';
COMMENT ON COLUMN messaging.schedules.error IS 'Why it cannot go on, until somebody changes or resumes it.';

COMMENT ON TABLE messaging.queues IS 'The queues that workers have reported, and what was set for them over the API. A setting that is NULL was not set: the configuration of the worker holds.';
COMMENT ON COLUMN messaging.queues.name IS 'Its name.';
COMMENT ON COLUMN messaging.queues.message_types IS 'The URNs of the types that it takes, as a JSON array.';
COMMENT ON COLUMN messaging.queues.default_priority IS 'As configured: 0 high, 1 normal, 2 low.';
COMMENT ON COLUMN messaging.queues.priority IS 'As set: 0 high, 1 normal, 2 low.';
COMMENT ON COLUMN messaging.queues.paused IS '1 while it is paused.';
COMMENT ON COLUMN messaging.queues.concurrency IS 'Messages that each process consumes at once, as set.';
COMMENT ON COLUMN messaging.queues.rate_limit IS 'Messages a second of all processes together, as set.';
COMMENT ON COLUMN messaging.queues.updated_at IS 'When it was set.';
COMMENT ON COLUMN messaging.queues.seen_at IS 'When a worker last reported it, to a minute or so.';

COMMENT ON TABLE messaging.queue_workers IS 'One row for each queue of each process, which reports every few seconds.';
COMMENT ON COLUMN messaging.queue_workers.queue IS 'The queue.';
COMMENT ON COLUMN messaging.queue_workers.worker IS 'The process: machine:process.';
COMMENT ON COLUMN messaging.queue_workers.concurrency IS 'Messages that it consumes at once.';
COMMENT ON COLUMN messaging.queue_workers.in_flight IS 'Messages that are in flight in it.';
COMMENT ON COLUMN messaging.queue_workers.consumed IS 'Messages that it has consumed since it started.';
COMMENT ON COLUMN messaging.queue_workers.rate IS 'Messages a second, over the last interval.';
COMMENT ON COLUMN messaging.queue_workers.oldest_seconds IS 'The age of the oldest message in flight.';
COMMENT ON COLUMN messaging.queue_workers.seen_at IS 'When it last reported.';
COMMENT ON COLUMN messaging.queue_workers.running IS 'The tasks that it has been at for a while, 16 bytes each.';

COMMENT ON TABLE messaging.sent_messages IS 'Tracked messages that the broker has confirmed, a row for each batch, until it is known that none of them was lost.';
COMMENT ON COLUMN messaging.sent_messages.id IS 'In the order in which they were sent.';
COMMENT ON COLUMN messaging.sent_messages.check_at IS 'When it is looked what has become of them.';
COMMENT ON COLUMN messaging.sent_messages.ids IS 'The ids of the messages, 16 bytes each.';
COMMENT ON COLUMN messaging.sent_messages.messages IS 'The messages, compressed.';

COMMENT ON TABLE messaging.sagas IS 'The state of sagas, written in the transaction of the message that changed it.';
COMMENT ON COLUMN messaging.sagas.saga_type IS 'The type of the saga.';
COMMENT ON COLUMN messaging.sagas.correlation_id IS 'Its id.';
COMMENT ON COLUMN messaging.sagas.current_state IS 'The name of its state, for the reader; its own property is in data.';
COMMENT ON COLUMN messaging.sagas.data IS 'The saga, as JSON.';
COMMENT ON COLUMN messaging.sagas.version IS 'Counts its changes.';
COMMENT ON COLUMN messaging.sagas.created_at IS 'When it began.';
COMMENT ON COLUMN messaging.sagas.updated_at IS 'When it changed last.';

COMMENT ON TABLE messaging.saga_keys IS 'What events find a saga by other than its id.';
COMMENT ON COLUMN messaging.saga_keys.saga_type IS 'The type of the saga.';
COMMENT ON COLUMN messaging.saga_keys.name IS 'The property.';
COMMENT ON COLUMN messaging.saga_keys.value IS 'Its value.';
COMMENT ON COLUMN messaging.saga_keys.slot IS 'All zeros where a value belongs to one saga only, or else the id of the saga.';
COMMENT ON COLUMN messaging.saga_keys.correlation_id IS 'The saga.';

COMMENT ON TABLE messaging.schema_versions IS 'The scripts of the migration that have run.';
COMMENT ON COLUMN messaging.schema_versions.schemaversionsid IS 'In the order in which they ran.';
COMMENT ON COLUMN messaging.schema_versions.scriptname IS 'The name of the script.';
COMMENT ON COLUMN messaging.schema_versions.applied IS 'When it ran.';

COMMENT ON FUNCTION messaging.create_partition(text, uuid, uuid, timestamptz) IS 'Creates a partition for the ids of a span of time, and takes over what lies in the default partition.';
COMMENT ON FUNCTION messaging.stays_after(text, timestamptz) IS 'The condition of the rows that outlive their partition beyond a moment.';
COMMENT ON FUNCTION messaging.index_partition(text, text, timestamptz) IS 'Builds the index that finds those rows.';
COMMENT ON FUNCTION messaging.count_staying(text, text, timestamptz, bigint) IS 'Counts those rows, up to a bound.';
COMMENT ON FUNCTION messaging.drop_partition(text, text, timestamptz) IS 'Drops a partition, and moves those rows to where the table has them now.';
COMMENT ON FUNCTION messaging.check_partition(text, text) IS 'Refuses what is no partition of a span of time.';
