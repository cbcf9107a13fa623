using System.Text;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Store;
using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Sqlite.Inbox;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Commits;

/// <summary>The statements that write one unit of work. There is no round trip to save, so rows are written one by one.</summary>
internal sealed class SqliteWriter(PreparedConnection connection, SqliteTransaction? transaction, TimeProvider time)
{
    private readonly long _now = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Whether the unit is a duplicate, or belongs to a task that was cancelled.</summary>
    public bool IsDone(StagedWork work) => work.IsDone(InboxSql.FindDone(connection, transaction, work.InboxKeys, [.. work.Outcomes.Select(o => o.Id)]));

    /// <summary>Inserts the inbox keys, runs the staged commands and writes the outcomes.</summary>
    public void ExecuteFirstPhase(StagedWork work)
    {
        foreach (var key in work.InboxKeys)
        {
            InboxSql.Insert(connection, transaction, key, _now);
        }

        foreach (var command in work.Commands)
        {
            command.RowsAffected = connection.PrepareAsWritten(transaction, command.Sql, command.Parameters).ExecuteNonQuery();
        }

        foreach (var outcome in work.Outcomes)
        {
            if (outcome.Share is not null)
            {
                // Statements of SQLite are synchronous, so the task is completed when it returns. The task of the outcome is not
                // cancelled: IsDone has checked that.
                _ = SharedOutcomes.ResolveAsync(outcome, new SqliteCommands(connection, transaction), lockRows: "").GetAwaiter().GetResult();
            }

            if (outcome.Written is { } state)
            {
                Write(outcome, state);
                outcome.SinceAccepted = outcome is { MeasuresEffect: true, Wrote: true } ? SinceAccepted(outcome.Id) : null;
            }
        }
    }

    /// <summary>Writes what the first phase can influence: messages, their tasks, the consequences of outcomes, settlements.</summary>
    public void ExecuteSecondPhase(StagedWork work)
    {
        var messages = work.MessagesToStore.ToList();
        messages.ForEach(Write);
        foreach (var (predecessor, successor) in messages.SelectMany(m => m.Predecessors, (message, before) => (before, message.MessageId)))
        {
            Execute("INSERT INTO messaging.task_links (predecessor, successor) VALUES ($1, $2)", predecessor, successor);
        }

        foreach (var outcome in work.Outcomes.Where(o => o.HasSuccessors && o.Written is not null && o.Wrote))
        {
            WriteFollowing(outcome);
        }

        foreach (var (id, attempt) in work.Outcomes.SelectMany(o => o.FailedAttempts.Select(a => (o.Id, a))))
        {
            Execute(
                "INSERT INTO messaging.task_attempts (task_id, attempt, started_at, ended_at, worker, error) VALUES ($1, $2, $3, $4, $5, $6)",
                id,
                attempt.Attempt,
                new StoreTime(attempt.StartedAt),
                new StoreTime(attempt.EndedAt),
                attempt.Worker,
                attempt.Error);
        }

        foreach (var letter in work.DeadLetters)
        {
            Execute(DeadLetterSql.Insert, DeadLetterSql.Parameters(letter));
        }

        foreach (var settlement in work.Settlements)
        {
            if (Execute("DELETE FROM messaging.outbox WHERE id = $1 AND awaiting <= 1", settlement.OutboxId) == 0)
            {
                Execute("UPDATE messaging.outbox SET awaiting = awaiting - 1 WHERE id = $1", settlement.OutboxId);
            }
        }
    }

    private void Write(StagedMessage message)
    {
        var due = Math.Max(_now, message.DueAt?.ToUnixTimeMilliseconds() ?? _now + (long)message.Delay.TotalMilliseconds);
        var state = message.FirstState == TaskState.Scheduled && due == _now ? TaskState.Queued : message.FirstState;
        Execute(
            """
            INSERT INTO messaging.outbox (due_at, message_id, destination, content_type, metadata, body, queue, priority, waiting)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            message.HasPredecessors ? SqliteDialect.Infinity : due,
            message.MessageId,
            message.Destination,
            message.ContentType,
            message.Content.Value.Metadata,
            message.Content.Value.Body,
            message.Queue,
            message.Priority,
            message.Waits ? 1 : 0);
        if (message.TaskKind is not null)
        {
            Execute(
                """
                INSERT INTO messaging.tasks (id, kind, queue, state, pending, created_at, next_attempt_at, trace_id, trace_recorded, run_again_of)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
                message.MessageId,
                message.TaskKind,
                message.Queue,
                state,
                message.Predecessors.Count,
                _now,
                state == TaskState.Scheduled ? due : null,
                message.TraceId,
                message.TraceId is null ? null : message.IsTraceRecorded,
                message.Options?.RunAgainOf);
            WriteContent(message);
        }
    }

    /// <summary>Writes what is kept of the message of a task.</summary>
    private void WriteContent(StagedMessage message)
    {
        if (message.Kept?.Value is not { } kept)
        {
            return;
        }

        if (kept.Payload is { } payload)
        {
            Execute(
                "INSERT INTO messaging.task_payloads (task_id, type, address, bytes, redacted, message) VALUES ($1, $2, $3, $4, $5, $6)",
                message.MessageId,
                payload.Type,
                payload.Address,
                payload.Bytes,
                payload.Redacted,
                payload.Message is { } json ? Encoding.UTF8.GetString(json) : null);
        }

        foreach (var key in kept.Keys)
        {
            Execute("INSERT INTO messaging.task_keys (name, value, task_id) VALUES ($1, $2, $3)", key.Name, key.Value, message.MessageId);
        }
    }

    private void Write(TaskOutcome outcome, TaskState state) =>
        outcome.Wrote = Execute(
            $"""
            UPDATE messaging.tasks SET state = $2, attempts = max(attempts, $3), started_at = coalesce($4, started_at), finished_at = $5, next_attempt_at = $6,
                last_error = coalesce($7, last_error), queue = coalesce($8, queue), result = coalesce($9, result),
                progress = coalesce($10, progress), progress_text = coalesce($11, progress_text)
            WHERE id = $1 AND state NOT IN ({(int)TaskState.Succeeded}, {(int)TaskState.Cancelled})
            """,
            outcome.Id,
            state,
            outcome.Attempts,
            StoreTime.Of(outcome.StartedAt),
            state is TaskState.Retrying or TaskState.Queued ? null : _now,
            outcome.RetryDelay is { } delay ? _now + (long)delay.TotalMilliseconds : null,
            outcome.Error,
            outcome.Queue,
            outcome.Result,
            outcome.Progress,
            outcome.ProgressText) > 0;

    private TimeSpan? SinceAccepted(Guid id) =>
        connection.Prepare(transaction, "SELECT created_at FROM messaging.tasks WHERE id = $1", id).ExecuteScalar() is long created ? TimeSpan.FromMilliseconds(_now - created) : null;

    /// <summary>Updates the tasks that wait for this one.</summary>
    private void WriteFollowing(TaskOutcome outcome)
    {
        if (outcome.Written == TaskState.Succeeded)
        {
            Execute(
                $"""
                UPDATE messaging.tasks SET pending = pending - 1, state = CASE WHEN pending <= 1 THEN {(int)TaskState.Queued} ELSE state END
                WHERE id IN (SELECT successor FROM messaging.task_links WHERE predecessor = $1)
                  AND state IN ({TaskStates.WaitingSql})
                """,
                outcome.Id);
            Execute(
                $"""
                UPDATE messaging.outbox SET due_at = $2 WHERE waiting = 1 AND message_id IN (
                    SELECT t.id FROM messaging.task_links l JOIN messaging.tasks t ON t.id = l.successor
                    WHERE l.predecessor = $1 AND t.pending = 0 AND t.state = {(int)TaskState.Queued})
                """,
                outcome.Id,
                _now);
        }
        else if (outcome.Written == TaskState.Failed)
        {
            Execute(TaskLinksSql.Block, outcome.Id);
        }
    }

    private int Execute(string sql, params ReadOnlySpan<object?> parameters) => connection.Execute(transaction, sql, parameters);
}
