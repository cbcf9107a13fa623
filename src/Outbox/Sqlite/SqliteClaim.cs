using System.Collections.Concurrent;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite;

/// <summary>
/// A claim sets a flag, since an open transaction would keep every other writer out. Over a broker the row goes when the
/// message is confirmed; over the in-memory transport when its consumers are done (<see cref="Settlement"/>).
/// </summary>
internal sealed class SqliteClaim(
    SqliteDatabase database,
    TimeProvider time,
    IReadOnlyList<OutboxMessage> messages,
    Func<OutboxMessage, int>? settlements,
    ConcurrentQueue<long> toGiveBack) : IOutboxClaim
{
    // A paused queue neither gets more, nor uses up with what it has got what may be under way for others.
    private const string NotPaused = "(queue IS NULL OR queue NOT IN (SELECT name FROM queues WHERE paused = 1))";

    private bool _completed;

    public IReadOnlyList<OutboxMessage> Messages => messages;

    /// <summary>Level by level, as the index has it; null when nothing will be due.</summary>
    public static TimeSpan? UntilNextDue(SqliteConnection connection, TimeProvider time)
    {
        TimeSpan? next = null;
        foreach (var priority in Enum.GetValues<QueuePriority>())
        {
            using var command = connection.Command(
                null,
                $"SELECT due_at FROM outbox WHERE in_flight = 0 AND priority = $1 AND due_at < $2 AND {NotPaused} ORDER BY due_at LIMIT 1",
                priority,
                SqliteWriter.Infinity);
            if (command.ExecuteScalar() is long dueAt)
            {
                var until = DateTimeOffset.FromUnixTimeMilliseconds(dueAt) - time.GetUtcNow();
                next = next < until ? next : until;
            }
        }

        return next;
    }

    public static IReadOnlyList<OutboxMessage> Claim(
        SqliteConnection connection,
        SqliteTransaction transaction,
        int limit,
        Func<OutboxMessage, int>? settlements,
        TimeProvider time)
    {
        // Each level by itself, with its own part of what may be under way, so that none waits behind another's backlog.
        var claimed = new List<OutboxMessage>();
        foreach (var priority in Enum.GetValues<QueuePriority>())
        {
            using var command = connection.Command(
                transaction,
                $"""
                UPDATE outbox SET in_flight = 1 WHERE id IN
                    (SELECT id FROM outbox WHERE in_flight = 0 AND priority = $3 AND due_at <= $1 AND {NotPaused} ORDER BY due_at, id
                     LIMIT max(0, $2 - (SELECT count(*) FROM outbox WHERE in_flight = 1 AND priority = $3 AND {NotPaused})))
                RETURNING {OutboxMessageReader.Columns}
                """,
                time.GetUtcNow().ToUnixTimeMilliseconds(),
                limit,
                priority);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                claimed.Add(OutboxMessageReader.Read(reader));
            }
        }

        if (settlements is not null)
        {
            foreach (var message in claimed)
            {
                connection.Execute(
                    transaction,
                    "UPDATE outbox SET awaiting = $2 WHERE id = $1 AND awaiting = 0",
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
        await database.WriteAsync(
            (connection, transaction) =>
            {
                var failed = failures.Select(f => f.Message.Id).ToHashSet();
                foreach (var message in messages.Where(m => !failed.Contains(m.Id)))
                {
                    // Over a volatile transport only what has no consumer at all is done with being sent.
                    var sql = settlements is null ? "DELETE FROM outbox WHERE id = $1" : "DELETE FROM outbox WHERE id = $1 AND awaiting = 0";
                    connection.Execute(transaction, sql, message.Id);
                }

                var now = time.GetUtcNow();
                foreach (var batch in sent)
                {
                    connection.Execute(
                        transaction,
                        "INSERT INTO sent_messages (check_at, ids, messages) VALUES ($1, $2, $3)",
                        new StoreTime(now + batch.CheckAfter),
                        batch.Ids,
                        batch.Messages);
                }

                return failures.Sum(f => connection.Execute(
                    transaction,
                    "UPDATE outbox SET in_flight = 0, attempts = attempts + 1, last_error = $2, due_at = $3 WHERE id = $1",
                    f.Message.Id,
                    f.Error,
                    (now + f.Delay).ToUnixTimeMilliseconds()));
            },
            cancellationToken);
        _completed = true;
    }

    /// <summary>Makes due again what earlier claims could not give back.</summary>
    public static async Task GiveBackAsync(SqliteDatabase database, ConcurrentQueue<long> ids, CancellationToken cancellationToken)
    {
        var all = ids.ToList();
        if (all.Count > 0)
        {
            await database.WriteAsync(
                (connection, transaction) => all.Sum(id => connection.Execute(
                    transaction, "UPDATE outbox SET in_flight = 0 WHERE id = $1", id)),
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
