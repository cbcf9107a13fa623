-- Describes each table and each column for \d+ in psql. PostgresCommentTests fails if a comment is missing.
-- A comment takes a lock that a VACUUM blocks: the script stops after a second, and the migrator repeats it.
SET LOCAL lock_timeout = '1s';

COMMENT ON TABLE messaging.outbox IS 'Messages that are committed and not yet confirmed by the broker.';
COMMENT ON COLUMN messaging.outbox.id IS 'Ascending in the order of storing.';
COMMENT ON COLUMN messaging.outbox.due_at IS 'Not sent before this time; infinity while the message waits for another task, or if its task is cancelled.';
COMMENT ON COLUMN messaging.outbox.message_id IS 'The id of the message, and of its task if it has one.';
COMMENT ON COLUMN messaging.outbox.attempts IS 'The number of failed attempts to send it.';
COMMENT ON COLUMN messaging.outbox.last_error IS 'The error of the latest attempt to send it.';
COMMENT ON COLUMN messaging.outbox.destination IS 'The address that it is sent to.';
COMMENT ON COLUMN messaging.outbox.content_type IS 'The media type of the body.';
COMMENT ON COLUMN messaging.outbox.metadata IS 'Headers, types and times of the message, as JSON.';
COMMENT ON COLUMN messaging.outbox.body IS 'The envelope, as sent to the broker.';
COMMENT ON COLUMN messaging.outbox.queue IS 'The queue that receives it, if known.';
COMMENT ON COLUMN messaging.outbox.priority IS '0 high, 1 normal, 2 low. Each level is claimed separately.';
COMMENT ON COLUMN messaging.outbox.waiting IS '0 no; 1 has a delay, or waits for another task; 2 its task is cancelled, and the row is kept for a retry.';

COMMENT ON TABLE messaging.inbox IS 'One row for each step that may happen only once to a message, such as a consumer that consumed it. Key: message_id and consumer_id.';
COMMENT ON COLUMN messaging.inbox.message_id IS 'The id of the message; for an idempotency-key the id of the answer.';
COMMENT ON COLUMN messaging.inbox.consumer_id IS 'A hash of the consumer, or of the kind and the step. As a part of the key it prevents a second row of the same step.';
COMMENT ON COLUMN messaging.inbox.consumed_at IS 'When it happened. Rows past the retention are dropped with their partition.';
COMMENT ON COLUMN messaging.inbox.kind IS 'consumed (by a consumer), deferred (a failed attempt), dead-lettered, skipped (no consumer takes it), isolated (an isolated execution began), cancelled, retried (by an operator), decided (its dead letter was redriven or dropped), undelivered (it could not be sent), settled (a consumer has finished with a row of the outbox), idempotency-key (a request was answered). NULL in rows from before version 0027.';
COMMENT ON COLUMN messaging.inbox.step IS 'The consumer, or the queue with the number of the deferral, redrive and part. NULL if the kind has no further detail.';

COMMENT ON TABLE messaging.tasks IS 'Tracked messages, from the request to their end.';
COMMENT ON COLUMN messaging.tasks.id IS 'The id of the message, normally a UUIDv7; the partition key.';
COMMENT ON COLUMN messaging.tasks.kind IS 'The name of the type of its message.';
COMMENT ON COLUMN messaging.tasks.state IS '0 Queued, 1 Running, 2 Retrying, 3 Succeeded, 4 Failed, 5 Scheduled, 6 Waiting, 7 Blocked, 8 Cancelled (docs/decisions/0007).';
COMMENT ON COLUMN messaging.tasks.attempts IS 'The number of attempts, including retries and redrives.';
COMMENT ON COLUMN messaging.tasks.created_at IS 'When it was enqueued.';
COMMENT ON COLUMN messaging.tasks.started_at IS 'When the latest attempt began.';
COMMENT ON COLUMN messaging.tasks.finished_at IS 'When it succeeded, failed or was cancelled.';
COMMENT ON COLUMN messaging.tasks.next_attempt_at IS 'When it is due: set while it is Retrying or Scheduled.';
COMMENT ON COLUMN messaging.tasks.last_error IS 'The error of the latest failed attempt, in one line without personal data.';
COMMENT ON COLUMN messaging.tasks.queue IS 'Its queue, if known.';
COMMENT ON COLUMN messaging.tasks.worker IS 'The process of the latest attempt: machine:process.';
COMMENT ON COLUMN messaging.tasks.progress IS 'The progress that its consumer reported, 0 to 100.';
COMMENT ON COLUMN messaging.tasks.progress_text IS 'The text that its consumer reported with the progress.';
COMMENT ON COLUMN messaging.tasks.result IS 'The result that its consumer stored, as JSON.';
COMMENT ON COLUMN messaging.tasks.redrives IS 'The number of redrives.';
COMMENT ON COLUMN messaging.tasks.pending IS 'The number of predecessors that have not succeeded.';
COMMENT ON COLUMN messaging.tasks.attention IS 'The state, or NULL for Queued and Succeeded: a small index over the states that operators query, which leaves the normal updates of a task HOT.';
COMMENT ON COLUMN messaging.tasks.cancelled_with IS 'The predecessor whose cancellation cancelled it.';

COMMENT ON TABLE messaging.task_attempts IS 'Failed attempts. The latest attempt, and a successful one, are in the row of the task.';
COMMENT ON COLUMN messaging.task_attempts.task_id IS 'The task.';
COMMENT ON COLUMN messaging.task_attempts.attempt IS 'Its number: 1, 2, ..., including retries and redrives.';
COMMENT ON COLUMN messaging.task_attempts.started_at IS 'When it began.';
COMMENT ON COLUMN messaging.task_attempts.ended_at IS 'When it failed.';
COMMENT ON COLUMN messaging.task_attempts.worker IS 'The process that it ran in.';
COMMENT ON COLUMN messaging.task_attempts.error IS 'The error.';

COMMENT ON TABLE messaging.task_links IS 'Chains of tasks: a successor starts when all its predecessors have succeeded.';
COMMENT ON COLUMN messaging.task_links.predecessor IS 'The preceding task.';
COMMENT ON COLUMN messaging.task_links.successor IS 'The following task.';
COMMENT ON COLUMN messaging.task_links.linked_at IS 'When both were stored.';

COMMENT ON TABLE messaging.task_consumers IS 'For a task with several consumers: which have finished, and on which queues it was dead-lettered. Deleted when the task has succeeded.';
COMMENT ON COLUMN messaging.task_consumers.task_id IS 'The task.';
COMMENT ON COLUMN messaging.task_consumers.consumer_id IS 'The consumer, as in the inbox; for a dead-lettered row a hash of the queue.';
COMMENT ON COLUMN messaging.task_consumers.queue IS 'The queue that it consumes.';
COMMENT ON COLUMN messaging.task_consumers.failed IS '1 if dead-lettered on this queue, 0 if consumed.';
COMMENT ON COLUMN messaging.task_consumers.expected IS 'All consumers that must finish, by queue; *2 means two on that queue.';
COMMENT ON COLUMN messaging.task_consumers.ended_at IS 'When it finished.';

COMMENT ON TABLE messaging.unique_tasks IS 'Keys that at most one waiting task may have.';
COMMENT ON COLUMN messaging.unique_tasks.key IS 'The key, with the kind of the task.';
COMMENT ON COLUMN messaging.unique_tasks.task_id IS 'The task that waits.';
COMMENT ON COLUMN messaging.unique_tasks.until IS 'When the key is free again, even if the task still waits.';

COMMENT ON TABLE messaging.audit IS 'The audit log: operations on the control API, and readings of personal data. Insert-only.';
COMMENT ON COLUMN messaging.audit.id IS 'A UUIDv7: ordered by time.';
COMMENT ON COLUMN messaging.audit.at IS 'The time.';
COMMENT ON COLUMN messaging.audit.who IS 'The name of the access key, or the system.';
COMMENT ON COLUMN messaging.audit.action IS 'The operation, such as task.cancel.';
COMMENT ON COLUMN messaging.audit.target IS 'The id or the name of the object.';
COMMENT ON COLUMN messaging.audit.from_state IS 'The state before the operation.';
COMMENT ON COLUMN messaging.audit.details IS 'Details, as JSON.';

COMMENT ON TABLE messaging.dead_letters IS 'Messages without further attempts, with all that is needed to inspect and redrive them.';
COMMENT ON COLUMN messaging.dead_letters.id IS 'A UUIDv7: ordered by time.';
COMMENT ON COLUMN messaging.dead_letters.message_id IS 'The message.';
COMMENT ON COLUMN messaging.dead_letters.task_id IS 'Its task, if it is tracked.';
COMMENT ON COLUMN messaging.dead_letters.queue IS 'The queue that it came from.';
COMMENT ON COLUMN messaging.dead_letters.message_type IS 'The type of the message.';
COMMENT ON COLUMN messaging.dead_letters.reason IS 'Failed (its last attempt), Skipped (no consumer takes it), Undelivered (it could not be sent, or it was in an error queue), Unsigned or Forged (its signature).';
COMMENT ON COLUMN messaging.dead_letters.exception_type IS 'The type of the exception.';
COMMENT ON COLUMN messaging.dead_letters.throw_site IS 'The method that threw.';
COMMENT ON COLUMN messaging.dead_letters.group_id IS 'A hash of reason, exception type and throw site.';
COMMENT ON COLUMN messaging.dead_letters.error IS 'The exception''s message, in one line without personal data.';
COMMENT ON COLUMN messaging.dead_letters.headers IS 'All headers, as JSON.';
COMMENT ON COLUMN messaging.dead_letters.destination IS 'The address that a redrive sends it to.';
COMMENT ON COLUMN messaging.dead_letters.content_type IS 'The media type of the body.';
COMMENT ON COLUMN messaging.dead_letters.metadata IS 'The metadata of the message that a redrive sends, as JSON.';
COMMENT ON COLUMN messaging.dead_letters.body IS 'The body as received.';
COMMENT ON COLUMN messaging.dead_letters.edited_body IS 'The body that a redrive sent instead.';
COMMENT ON COLUMN messaging.dead_letters.state IS '0 Dead, 1 Redriven, 2 Dropped.';
COMMENT ON COLUMN messaging.dead_letters.dead_at IS 'When it was dead-lettered.';
COMMENT ON COLUMN messaging.dead_letters.ended_at IS 'When it was redriven or dropped.';
COMMENT ON COLUMN messaging.dead_letters.action_id IS 'The redrive or drop that ended it, which may have ended many.';
COMMENT ON COLUMN messaging.dead_letters.stack_trace IS 'The stack trace of the exception; only keys with operate see it.';

COMMENT ON TABLE messaging.idempotency_answers IS 'Answers to requests with an Idempotency-Key, committed with the work of the request.';
COMMENT ON COLUMN messaging.idempotency_answers.id IS 'A hash of the key and its scope; the same as message_id of the row of the inbox.';
COMMENT ON COLUMN messaging.idempotency_answers.request_hash IS 'A hash of the request: a different request with the same key is rejected.';
COMMENT ON COLUMN messaging.idempotency_answers.status IS 'The status of the answer.';
COMMENT ON COLUMN messaging.idempotency_answers.location IS 'Its Location.';
COMMENT ON COLUMN messaging.idempotency_answers.content_type IS 'Its Content-Type.';
COMMENT ON COLUMN messaging.idempotency_answers.body IS 'Its body.';
COMMENT ON COLUMN messaging.idempotency_answers.created_at IS 'When it was answered.';

COMMENT ON TABLE messaging.schedules IS 'Tasks that are enqueued at the times of a cron expression. The process that advances next_due_at enqueues the task in the same transaction.';
COMMENT ON COLUMN messaging.schedules.name IS 'Its name.';
COMMENT ON COLUMN messaging.schedules.cron IS 'The expression.';
COMMENT ON COLUMN messaging.schedules.time_zone IS 'The IANA name of the time zone of the expression.';
COMMENT ON COLUMN messaging.schedules.misfire IS 'The policy for missed times: fire_once, skip or fire_all.';
COMMENT ON COLUMN messaging.schedules.task_type IS 'The type of the message.';
COMMENT ON COLUMN messaging.schedules.message IS 'The message as JSON.';
COMMENT ON COLUMN messaging.schedules.kind IS 'The kind of its tasks; NULL for the name of the type.';
COMMENT ON COLUMN messaging.schedules.paused IS '1 while it is paused.';
COMMENT ON COLUMN messaging.schedules.next_due_at IS 'The next due time; NULL while it is paused or stopped by an error.';
COMMENT ON COLUMN messaging.schedules.last_due_at IS 'The last due time.';
COMMENT ON COLUMN messaging.schedules.last_task_id IS 'The latest task.';
COMMENT ON COLUMN messaging.schedules.created_at IS 'When it was created.';
COMMENT ON COLUMN messaging.schedules.updated_at IS 'The last change by an operator or a deployment; runs do not count.';
COMMENT ON COLUMN messaging.schedules.error IS 'Why it is stopped; cleared by a change or by resuming it.';

COMMENT ON TABLE messaging.queues IS 'Queues that workers have reported, with their settings from the API. NULL means not set: the worker''s configuration applies.';
COMMENT ON COLUMN messaging.queues.name IS 'Its name.';
COMMENT ON COLUMN messaging.queues.message_types IS 'The URNs of its message types, as a JSON array.';
COMMENT ON COLUMN messaging.queues.default_priority IS 'As configured: 0 high, 1 normal, 2 low.';
COMMENT ON COLUMN messaging.queues.priority IS 'As set: 0 high, 1 normal, 2 low.';
COMMENT ON COLUMN messaging.queues.paused IS '1 while it is paused.';
COMMENT ON COLUMN messaging.queues.concurrency IS 'Messages that each process consumes at once, as set.';
COMMENT ON COLUMN messaging.queues.rate_limit IS 'Messages a second of all processes together, as set.';
COMMENT ON COLUMN messaging.queues.updated_at IS 'When it was set.';
COMMENT ON COLUMN messaging.queues.seen_at IS 'When a worker last reported it, to about a minute.';

COMMENT ON TABLE messaging.queue_workers IS 'One row for each queue of each process, which reports every few seconds.';
COMMENT ON COLUMN messaging.queue_workers.queue IS 'The queue.';
COMMENT ON COLUMN messaging.queue_workers.worker IS 'The process: machine:process.';
COMMENT ON COLUMN messaging.queue_workers.concurrency IS 'Messages that it consumes at once.';
COMMENT ON COLUMN messaging.queue_workers.in_flight IS 'Messages in flight.';
COMMENT ON COLUMN messaging.queue_workers.consumed IS 'Messages that it has consumed since it started.';
COMMENT ON COLUMN messaging.queue_workers.rate IS 'Messages a second, over the last interval.';
COMMENT ON COLUMN messaging.queue_workers.oldest_seconds IS 'The age of the oldest message in flight.';
COMMENT ON COLUMN messaging.queue_workers.seen_at IS 'When it last reported.';
COMMENT ON COLUMN messaging.queue_workers.running IS 'Ids of the tasks that it has been running for some time, 16 bytes each.';

COMMENT ON TABLE messaging.sent_messages IS 'Confirmed messages of tasks, one row for each batch, until the recovery has verified that none was lost.';
COMMENT ON COLUMN messaging.sent_messages.id IS 'Ascending in the order of sending.';
COMMENT ON COLUMN messaging.sent_messages.check_at IS 'When the recovery checks them.';
COMMENT ON COLUMN messaging.sent_messages.ids IS 'The ids of the messages, 16 bytes each.';
COMMENT ON COLUMN messaging.sent_messages.messages IS 'The messages, compressed.';

COMMENT ON TABLE messaging.sagas IS 'The state of sagas, written in the transaction of the message that changed it.';
COMMENT ON COLUMN messaging.sagas.saga_type IS 'The type of the saga.';
COMMENT ON COLUMN messaging.sagas.correlation_id IS 'Its id.';
COMMENT ON COLUMN messaging.sagas.current_state IS 'The name of its state, for operators; the saga''s own property is in data.';
COMMENT ON COLUMN messaging.sagas.data IS 'The saga, as JSON.';
COMMENT ON COLUMN messaging.sagas.version IS 'The number of changes.';
COMMENT ON COLUMN messaging.sagas.created_at IS 'When it began.';
COMMENT ON COLUMN messaging.sagas.updated_at IS 'The last change.';

COMMENT ON TABLE messaging.saga_keys IS 'Further keys by which events find a saga.';
COMMENT ON COLUMN messaging.saga_keys.saga_type IS 'The type of the saga.';
COMMENT ON COLUMN messaging.saga_keys.name IS 'The property.';
COMMENT ON COLUMN messaging.saga_keys.value IS 'Its value.';
COMMENT ON COLUMN messaging.saga_keys.slot IS 'All zeros if the value is unique among sagas, otherwise the id of the saga.';
COMMENT ON COLUMN messaging.saga_keys.correlation_id IS 'The saga.';

COMMENT ON TABLE messaging.schema_versions IS 'The migration scripts that have run.';
COMMENT ON COLUMN messaging.schema_versions.schemaversionsid IS 'Ascending in the order of running.';
COMMENT ON COLUMN messaging.schema_versions.scriptname IS 'The name of the script.';
COMMENT ON COLUMN messaging.schema_versions.applied IS 'When it ran.';

COMMENT ON FUNCTION messaging.create_partition(text, uuid, uuid, timestamptz) IS 'Creates the partition of a time span, and moves the rows of that span out of the default partition.';
COMMENT ON FUNCTION messaging.stays_after(text, timestamptz) IS 'The condition for rows that must be kept when their partition is dropped.';
COMMENT ON FUNCTION messaging.index_partition(text, text, timestamptz) IS 'Builds the index for those rows.';
COMMENT ON FUNCTION messaging.count_staying(text, text, timestamptz, bigint) IS 'Counts those rows, up to a limit.';
COMMENT ON FUNCTION messaging.drop_partition(text, text, timestamptz) IS 'Drops a partition, after moving those rows to the table that keeps them.';
COMMENT ON FUNCTION messaging.check_partition(text, text) IS 'Raises an error unless the table is a partition of a time span.';
