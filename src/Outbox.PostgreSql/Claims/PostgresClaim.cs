using Messaging.Outbox.PostgreSql.Connections;
using System.Globalization;
using Messaging.Outbox.Store;
using Messaging.Outbox.Undelivered;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Claims;

/// <summary>
/// A claim is an open transaction that has deleted its messages. It is committed after the broker has confirmed them. If it is
/// rolled back, because the process died, the connection broke or the broker hung, the messages are due again.
/// </summary>
internal sealed class PostgresClaim : IOutboxClaim
{
    private readonly NpgsqlConnection _connection;
    private readonly ClaimPositions _positions;
    private readonly FullDisk _disk;
    private readonly TableNames _names;
    private bool _isCompleted;

    private PostgresClaim(NpgsqlConnection connection, ClaimPositions positions, FullDisk disk, TableNames names, IReadOnlyList<OutboxMessage> messages)
    {
        (_connection, _positions, _disk, _names) = (connection, positions, disk, names);
        Messages = messages;
    }

    public IReadOnlyList<OutboxMessage> Messages { get; }

    public static async Task<IOutboxClaim> ClaimAsync(
        PostgresConnections connections, ClaimPositions positions, FullDisk disk, int limit, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var connection = await connections.OpenAsync(cancellationToken);
        try
        {
            return new PostgresClaim(connection, positions, disk, connections.Names, await TakeAsync(connection, connections.Names, positions, limit, timeout, cancellationToken));
        }
        catch (Exception exception)
        {
            _ = connections.ClearIfAtFault(exception);
            await connection.DisposeAsync();
            throw;
        }
    }

    public Task CompleteAsync(
        IReadOnlyCollection<SendFailure> failures, IReadOnlyCollection<SentBatch> sent, CancellationToken cancellationToken) =>
        _disk.WatchAsync(() => CommitAsync(failures, sent, cancellationToken), _ => false); // it mostly deletes, which a full disk does not prevent

    private Task<bool> CommitAsync(
        IReadOnlyCollection<SendFailure> failures, IReadOnlyCollection<SentBatch> sent, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(async () =>
        {
            await UndeliveredSql.WriteAsync(
                new PostgresCommands(_connection, transaction: null, _names, cancellationToken), failures.Where(f => f.TaskId is not null || f.Undeliverable is not null));
            await using var batch = new NpgsqlBatch(_connection);
            if (failures.Where(f => f.Undeliverable is null).ToList() is { Count: > 0 } rescheduled)
            {
                batch.BatchCommands.Add(Reschedule(rescheduled));
            }

            if (sent.Count > 0)
            {
                batch.BatchCommands.Add(Keep(sent));
            }

            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return _isCompleted = true;
        });

    // The pool rolls back an open transaction.
    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        if (!_isCompleted)
        {
            _positions.Reset();
        }
    }

    /// <summary>Begins a transaction that takes the due messages out of the outbox.</summary>
    private static async Task<List<OutboxMessage>> TakeAsync(
        NpgsqlConnection connection, TableNames names, ClaimPositions positions, int limit, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // The idle timeout releases the rows of a dispatcher whose machine failed without closing its connection.
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN ISOLATION LEVEL READ COMMITTED")); // stricter levels can fail at the commit, after sending
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            string.Create(CultureInfo.InvariantCulture, $"SET LOCAL idle_in_transaction_session_timeout = {timeout.TotalMilliseconds:0}")));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL enable_seqscan = off")); // see QueryPlans.FindByKeys
        var claim = new NpgsqlBatchCommand(names.In(
            $"""
            DELETE FROM messaging.outbox WHERE ctid = ANY (
                {DueAt(QueuePriority.High)} || {DueAt(QueuePriority.Normal)} || {DueAt(QueuePriority.Low)})
            RETURNING {OutboxMessageReader.Columns}, due_at
            """));
        claim.Parameters.Add(TypedParameter.Parameter(limit));
        foreach (var after in positions.Next())
        {
            claim.Parameters.Add(TypedParameter.Parameter(after.DueAt));
            claim.Parameters.Add(TypedParameter.Parameter(after.Id));
        }

        batch.BatchCommands.Add(claim);

        var messages = new List<OutboxMessage>();
        var rows = new List<(QueuePriority Level, (DateTime DueAt, long Id) Row)>();
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                messages.Add(OutboxMessageReader.Read(reader));
                rows.Add((messages[^1].Priority, (reader.GetDateTime(reader.FieldCount - 1), messages[^1].Id)));
            }
        }

        var claimed = messages.ToLookup(message => message.Priority, message => message.Body.Length);
        positions.Claimed(rows, level => claimed[level].Count() >= limit || claimed[level].Sum(bytes => (long)bytes) >= OutboxMessage.MaxClaimedBytes);
        messages.Sort(OutboxMessage.ByPriority); // RETURNING keeps no order
        return messages;
    }

    /// <summary>
    /// Claims each priority separately, so that a backlog of one does not delay the others, and from its position
    /// (<see cref="ClaimPositions"/>). What exceeds the bytes of a claim stays locked until the claim ends, and is claimed by the next one.
    /// </summary>
    private static string DueAt(QueuePriority priority) =>
        $"""
        ARRAY(SELECT ctid FROM (
            SELECT ctid, sum(bytes) OVER (ORDER BY due_at, id ROWS UNBOUNDED PRECEDING) - bytes AS before FROM (
                SELECT ctid, due_at, id, octet_length(body) AS bytes FROM messaging.outbox
                WHERE priority = {(int)priority} AND due_at <= now() AND (due_at, id) > (${(2 * (int)priority) + 2}, ${(2 * (int)priority) + 3})
                ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED) AS due) AS counted
            WHERE before < {OutboxMessage.MaxClaimedBytes})
        """;

    private NpgsqlBatchCommand Keep(IReadOnlyCollection<SentBatch> sent)
    {
        var command = new NpgsqlBatchCommand(_names.In(
            """
            INSERT INTO messaging.sent_messages (check_at, ids, messages)
            SELECT clock_timestamp() + s.check_after, s.ids, s.messages FROM unnest($1, $2, $3) AS s (check_after, ids, messages)
            """));
        command.Parameters.Add(TypedParameter.Parameter(sent.Select(s => s.CheckAfter).ToArray()));
        command.Parameters.Add(TypedParameter.Parameter(sent.Select(s => s.Ids).ToArray()));
        command.Parameters.Add(TypedParameter.Parameter(sent.Select(s => s.Messages).ToArray()));
        return command;
    }

    private NpgsqlBatchCommand Reschedule(IReadOnlyCollection<SendFailure> failures)
    {
        var command = new NpgsqlBatchCommand(_names.In(
            """
            INSERT INTO messaging.outbox (due_at, message_id, attempts, last_error, destination, content_type, metadata, body, queue, priority)
            SELECT clock_timestamp() + m.delay, m.message_id, m.attempts + 1, m.error, m.destination, m.content_type, m.metadata, m.body,
                m.queue, m.priority
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                AS m (delay, message_id, attempts, error, destination, content_type, metadata, body, queue, priority)
            """));
        command.Parameters.Add(TypedParameter.Parameter(failures.Select(f => f.Delay).ToArray()));
        command.Parameters.Add(TypedParameter.Parameter(failures.Select(f => f.Message.MessageId).ToArray()));
        command.Parameters.Add(TypedParameter.Parameter(failures.Select(f => f.Message.Attempts).ToArray()));
        command.Parameters.Add(TypedParameter.Parameter(failures.Select(f => f.Error).ToArray()));
        command.Parameters.Add(TypedParameter.Parameter(failures.Select(f => f.Message.Destination).ToArray()));
        command.Parameters.Add(TypedParameter.Parameter(failures.Select(f => f.Message.ContentType).ToArray()));
        command.Parameters.Add(TypedParameter.Parameter(failures.Select(f => f.Message.Metadata).ToArray()));
        command.Parameters.Add(TypedParameter.Parameter(failures.Select(f => f.Message.Body).ToArray()));
        command.Parameters.Add(TypedParameter.Parameter(failures.Select(f => f.Message.Queue).ToArray()));
        command.Parameters.Add(TypedParameter.Parameter(failures.Select(f => (short)f.Message.Priority).ToArray()));
        return command;
    }
}
