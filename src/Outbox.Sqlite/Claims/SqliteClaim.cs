using Messaging.Outbox.Sqlite.Connections;
using System.Collections.Concurrent;
using Messaging.Outbox.Store;
using Messaging.Outbox.Undelivered;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Claims;

/// <summary>
/// A claim sets a flag on its rows, because an open transaction would block all other writers. With a broker, a row is deleted when
/// the message is confirmed; with the in-memory transport, when its consumers have finished (<see cref="Settlement"/>).
/// </summary>
internal sealed class SqliteClaim(
    SqliteDatabase database,
    TimeProvider time,
    IReadOnlyList<OutboxMessage> messages,
    Func<OutboxMessage, int>? settlements,
    ConcurrentQueue<long> toGiveBack) : IOutboxClaim
{
    // Messages of a paused queue are not claimed, so that they do not use up the limit for the other queues.
    private const string NotPaused = "(queue IS NULL OR queue NOT IN (SELECT name FROM messaging.queues WHERE paused = 1))";

    private bool _completed;

    public IReadOnlyList<OutboxMessage> Messages => messages;

    /// <summary>One level after the other, as in the index; null if nothing will become due.</summary>
    public static TimeSpan? UntilNextDue(PreparedConnection connection, TimeProvider time)
    {
        TimeSpan? next = null;
        foreach (var priority in Enum.GetValues<QueuePriority>())
        {
            var dueAt = connection.Prepare(
                null,
                $"SELECT due_at FROM messaging.outbox WHERE in_flight = 0 AND priority = $1 AND due_at < $2 AND {NotPaused} ORDER BY due_at LIMIT 1",
                priority,
                SqliteDialect.Infinity).ExecuteScalar();
            if (dueAt is long milliseconds)
            {
                var until = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) - time.GetUtcNow();
                next = next < until ? next : until;
            }
        }

        return next;
    }

    public static IReadOnlyList<OutboxMessage> Claim(
        PreparedConnection connection,
        SqliteTransaction transaction,
        int limit,
        Func<OutboxMessage, int>? settlements,
        TimeProvider time)
    {
        // Each priority is claimed separately, with its own share of the limit, so that a backlog of one does not delay the others.
        var claimed = new List<OutboxMessage>();
        foreach (var priority in Enum.GetValues<QueuePriority>())
        {
            claimed.AddRange(connection.Query(
                transaction,
                $"""
                UPDATE messaging.outbox SET in_flight = 1 WHERE id IN (
                    SELECT id FROM (
                        SELECT id, sum(bytes) OVER (ORDER BY due_at, id ROWS UNBOUNDED PRECEDING) - bytes AS before FROM (
                            SELECT id, due_at, length(body) AS bytes FROM messaging.outbox
                            WHERE in_flight = 0 AND priority = $3 AND due_at <= $1 AND {NotPaused} ORDER BY due_at, id
                            LIMIT max(0, $2 - (SELECT count(*) FROM messaging.outbox WHERE in_flight = 1 AND priority = $3 AND {NotPaused}))))
                    WHERE before < {OutboxMessage.MaxClaimedBytes})
                RETURNING {OutboxMessageReader.Columns}
                """,
                OutboxMessageReader.Read,
                time.GetUtcNow().ToUnixTimeMilliseconds(),
                limit,
                priority));
        }

        if (settlements is not null)
        {
            foreach (var message in claimed)
            {
                connection.Execute(
                    transaction,
                    "UPDATE messaging.outbox SET awaiting = $2 WHERE id = $1 AND awaiting = 0",
                    message.Id,
                    settlements(message));
            }
        }

        claimed.Sort(OutboxMessage.ByPriority);
        return claimed;
    }

    public async Task CompleteAsync(
        IReadOnlyCollection<SendFailure> failures, IReadOnlyCollection<SentBatch> sent, CancellationToken cancellationToken)
    {
        var failed = failures.Select(f => f.Message.Id).ToHashSet();

        // With the in-memory transport, only messages without a consumer are finished when they are sent.
        var done = messages.Where(m => !failed.Contains(m.Id) && (settlements is null || settlements(m) == 0)).ToList();
        if (done.Count == 0 && failed.Count == 0)
        {
            _completed = true; // nothing to write, which saves an fsync
            return;
        }

        await database.WriteAsync(
            (connection, transaction) =>
            {
                foreach (var message in done)
                {
                    connection.Execute(transaction, "DELETE FROM messaging.outbox WHERE id = $1", message.Id);
                }

                var now = time.GetUtcNow();
                foreach (var batch in sent)
                {
                    connection.Execute(
                        transaction,
                        "INSERT INTO messaging.sent_messages (check_at, ids, messages) VALUES ($1, $2, $3)",
                        new StoreTime(now + batch.CheckAfter),
                        batch.Ids,
                        batch.Messages);
                }

                return WriteFailures(connection, transaction, failures, now);
            },
            cancellationToken);
        _completed = true;
    }

    /// <returns>The number of messages that are due again.</returns>
    private static int WriteFailures(PreparedConnection connection, SqliteTransaction transaction, IReadOnlyCollection<SendFailure> failures, DateTimeOffset now)
    {
        // Statements of SQLite are synchronous, so the task is completed when it returns.
        UndeliveredSql.WriteAsync(new SqliteCommands(connection, transaction), failures).GetAwaiter().GetResult();
        foreach (var failure in failures.Where(f => f.Undeliverable is not null))
        {
            connection.Execute(transaction, "DELETE FROM messaging.outbox WHERE id = $1", failure.Message.Id);
        }

        return failures.Where(f => f.Undeliverable is null).Sum(f => connection.Execute(
            transaction,
            "UPDATE messaging.outbox SET in_flight = 0, attempts = $4, last_error = $2, due_at = $3 WHERE id = $1",
            f.Message.Id,
            f.Error,
            (now + f.Delay).ToUnixTimeMilliseconds(),
            f.Message.Attempts + 1));
    }

    /// <summary>Makes the messages of earlier claims due again that could not be released when those claims ended.</summary>
    public static async Task GiveBackAsync(SqliteDatabase database, ConcurrentQueue<long> ids, CancellationToken cancellationToken)
    {
        var all = ids.ToList();
        if (all.Count > 0)
        {
            await database.WriteAsync(
                (connection, transaction) => all.Sum(id => connection.Execute(
                    transaction, "UPDATE messaging.outbox SET in_flight = 0 WHERE id = $1", id)),
                cancellationToken);
            all.ForEach(_ => ids.TryDequeue(out var _));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_completed)
        {
            return;
        }

        foreach (var message in messages)
        {
            toGiveBack.Enqueue(message.Id);
        }

        try
        {
            await GiveBackAsync(database, toGiveBack, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // The next claim tries again.
        }
    }
}
