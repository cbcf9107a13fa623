using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite;

/// <summary>The statements that write one unit of work. There is no round trip to save, so rows go one by one.</summary>
internal sealed class SqliteWriter(SqliteConnection connection, SqliteTransaction? transaction, TimeProvider time)
{
    private readonly long _now = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The due time of a message that was given up at this moment: never, and it tells how long it has been kept.</summary>
    public static long Kept(DateTimeOffset givenUpAt) => givenUpAt.ToUnixTimeMilliseconds() + (long)TimeSpan.FromDays(365_000).TotalMilliseconds;

    public bool AnyConsumed(IReadOnlyList<InboxKey> keys)
    {
        foreach (var key in keys)
        {
            using var command = connection.Command(
                transaction, "SELECT 1 FROM inbox WHERE message_id = $1 AND consumer_id = $2", key.MessageId, key.ConsumerId);
            if (command.ExecuteScalar() is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Inserts the inbox keys and runs the staged commands.</summary>
    public void ExecuteFirstPhase(StagedWork work)
    {
        foreach (var key in work.InboxKeys)
        {
            Execute(
                "INSERT INTO inbox (message_id, consumer_id, consumed_at) VALUES ($1, $2, $3)", key.MessageId, key.ConsumerId, _now);
        }

        foreach (var command in work.Commands)
        {
            command.RowsAffected = Execute(command.Sql, command.Parameters);
        }
    }

    /// <summary>Writes what the first phase may have decided about: messages, their tasks, outcomes, settlements.</summary>
    public void ExecuteSecondPhase(StagedWork work)
    {
        foreach (var message in work.MessagesToStore)
        {
            Execute(
                """
                INSERT INTO outbox (due_at, message_id, destination, content_type, metadata, body) VALUES ($1, $2, $3, $4, $5, $6)
                """,
                _now + (long)message.Delay.TotalMilliseconds,
                message.MessageId,
                message.Destination,
                message.ContentType,
                message.Metadata,
                message.Body);
            if (message.TaskKind is not null)
            {
                Execute("INSERT INTO tasks (id, kind, created_at) VALUES ($1, $2, $3)", message.MessageId, message.TaskKind, _now);
            }
        }

        foreach (var outcome in work.Outcomes)
        {
            Write(outcome);
        }

        foreach (var settlement in work.Settlements)
        {
            Settle(settlement);
        }
    }

    private void Write(TaskOutcome outcome) =>
        Execute(
            $"""
            UPDATE tasks SET state = $2, attempts = max(attempts, $3), started_at = coalesce($4, started_at), finished_at = $5, next_attempt_at = $6,
                last_error = coalesce($7, last_error)
            WHERE id = $1 AND state <> {(int)TaskState.Succeeded}
            """,
            outcome.Id,
            (int)outcome.State,
            outcome.Attempts,
            outcome.StartedAt?.ToUnixTimeMilliseconds(),
            outcome.State == TaskState.Retrying ? null : _now,
            outcome.RetryDelay is { } delay ? _now + (long)delay.TotalMilliseconds : null,
            outcome.Error);

    private void Settle(Settlement settlement)
    {
        if (settlement.Keep)
        {
            Execute("UPDATE outbox SET due_at = $2, in_flight = 0 WHERE id = $1", settlement.OutboxId, Kept(time.GetUtcNow()));
        }
        else
        {
            Execute("UPDATE outbox SET awaiting = awaiting - 1 WHERE id = $1", settlement.OutboxId);
            Execute("DELETE FROM outbox WHERE id = $1 AND awaiting <= 0", settlement.OutboxId);
        }
    }

    private int Execute(string sql, params ReadOnlySpan<object?> parameters) => connection.Execute(transaction, sql, parameters);
}
