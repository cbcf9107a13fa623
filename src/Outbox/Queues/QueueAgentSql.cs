using System.Text.Json;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;

namespace Messaging.Outbox.Queues;

/// <summary>SQL by which an agent writes its own queues and reads all queues.</summary>
internal static class QueueAgentSql
{
    /// <summary>How long the heartbeat of a dead process is kept, and how often a process looks for those.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    /// <summary>The precision of <c>seen_at</c>, which is not written with every report.</summary>
    private static readonly TimeSpan SeenIsRightFor = TimeSpan.FromMinutes(1);

    // Writes only changes, so that the same report every few seconds leaves no dead row behind. Settings from the API stay. A
    // time in the future comes from a clock that was wrong.
    private const string KeepQueue =
        """
        ON CONFLICT (name) DO UPDATE SET message_types = excluded.message_types, default_priority = excluded.default_priority,
            seen_at = excluded.seen_at, updated_at = CASE
                WHEN queues.message_types <> excluded.message_types OR queues.default_priority <> excluded.default_priority
                THEN excluded.updated_at ELSE queues.updated_at END
        WHERE queues.message_types <> excluded.message_types OR queues.default_priority <> excluded.default_priority
            OR queues.seen_at IS NULL OR queues.seen_at NOT BETWEEN
        """;

    // If two queues take the same type, because a consumer has moved, the one with workers is first, then the newer one. The reporter's
    // row comes with each queue, and alone if there is none: so every process knows whether there is a reporter.
    private const string SelectAll =
        $"""
        SELECT {QueueSettings.Columns}, message_types, coalesce(w.workers, 0), CASE WHEN queues.seen_at > $2 THEN 1 ELSE 0 END,
            CASE WHEN r.held_until BETWEEN $3 AND $4 THEN 1 ELSE 0 END, r.exports
        FROM messaging.reporter AS r LEFT JOIN messaging.queues AS queues ON 1 = 1 LEFT JOIN (SELECT queue, count(*) AS workers FROM messaging.queue_workers WHERE seen_at > $1 GROUP BY queue) AS w ON w.queue = name
        ORDER BY w.workers IS NULL, updated_at DESC, name
        """;

    /// <summary>Writes the queues with their message types, and a heartbeat for each.</summary>
    public static async Task ReportAsync(
        OutboxTransaction transaction,
        IReadOnlyList<QueueEndpoint> endpoints,
        ILookup<string, string> messageTypes,
        IReadOnlyList<Heartbeat> heartbeats,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var queues = endpoints.Select(endpoint => new object?[]
        {
            endpoint.Name,
            JsonSerializer.Serialize(messageTypes[endpoint.Name].Order(StringComparer.Ordinal)),
            endpoint.Priority,
            new StoreTime(now),
            new StoreTime(now),
        }).ToList();
        if (queues.Count > 0)
        {
            var next = (queues.Count * queues[0].Length) + 1;
            await transaction.ExecuteAsync(
                $"INSERT INTO messaging.queues AS queues (name, message_types, default_priority, updated_at, seen_at) VALUES {Numbered(queues)} {KeepQueue} ${next} AND ${next + 1}",
                cancellationToken,
                [.. queues.SelectMany(row => row), new StoreTime(now - SeenIsRightFor), new StoreTime(now + SeenIsRightFor)]);
        }

        if (heartbeats.Count == 0)
        {
            return;
        }

        var rows = heartbeats.Select(h => new object?[]
        {
            h.Queue, h.Worker, h.Concurrency, h.InFlight, h.Consumed, h.Rate, h.OldestSeconds, new StoreTime(now), h.Running,
        }).ToList();
        await transaction.ExecuteAsync(
            $"""
            INSERT INTO messaging.queue_workers (queue, worker, concurrency, in_flight, consumed, rate, oldest_seconds, seen_at, running)
            VALUES {Numbered(rows)}
            ON CONFLICT (queue, worker) DO UPDATE SET concurrency = excluded.concurrency, in_flight = excluded.in_flight,
                consumed = excluded.consumed, rate = excluded.rate, oldest_seconds = excluded.oldest_seconds, seen_at = excluded.seen_at,
                running = excluded.running
            """,
            cancellationToken,
            [.. rows.SelectMany(row => row)]);
    }

    /// <summary>Deletes what dead processes have left.</summary>
    public static async Task CleanUpAsync(OutboxTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync("DELETE FROM messaging.queue_workers WHERE seen_at < $1", cancellationToken, new StoreTime(now - Kept));
        await transaction.ExecuteAsync("DELETE FROM messaging.processes WHERE seen_at < $1", cancellationToken, new StoreTime(now - Kept));
    }

    /// <summary>The parameters of rows: <c>($1, $2), ($3, $4)</c>.</summary>
    private static string Numbered(List<object?[]> rows) => string.Join(
        ", ", rows.Select((row, i) => $"({string.Join(", ", Enumerable.Range((i * row.Length) + 1, row.Length).Select(number => $"${number}"))})"));

    /// <summary>Deletes the heartbeats of a process that ends, so that other processes need not wait until they expire.</summary>
    public static Task LeaveAsync(OutboxTransaction transaction, string worker, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("DELETE FROM messaging.queue_workers WHERE worker = $1", cancellationToken, worker);

    /// <summary>Releases the lease of a reporter that ends, so that another process takes its place at once.</summary>
    public static Task ReleaseLeaseAsync(OutboxTransaction transaction, Guid holder, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "UPDATE messaging.reporter SET holder = NULL, exports = 0, held_until = $2 WHERE holder = $1", cancellationToken, holder, new StoreTime(DateTimeOffset.UnixEpoch));

    /// <param name="queries">The store.</param>
    /// <param name="options">The options; they define how long a process counts as alive, and a queue as consumed.</param>
    /// <param name="now">The store's current time.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <param name="lease">Learns about the reporter.</param>
    public static async Task<IReadOnlyList<KnownQueue>> ReadAllAsync(
        IStoreQueries queries, OutboxOptions options, DateTimeOffset now, CancellationToken cancellationToken, ReporterLease? lease = null)
    {
        var rows = await queries.QueryAsync(
            SelectAll,
            [new StoreTime(now - options.WorkerIsAliveFor), new StoreTime(now - options.ConsumerGoneAfter - SeenIsRightFor), new StoreTime(now), new StoreTime(now + FigureTurn.LongestHold)],
            reader => (
                Queue: reader.IsDBNull(0) ? null : new KnownQueue(QueueSettings.Read(reader), reader.GetString(5), (int)reader.GetInt64(6)) { IsConsumed = reader.GetInt32(7) != 0 },
                IsHeld: reader.GetInt32(8) != 0,
                Exports: reader.GetInt16(9) != 0),
            cancellationToken);
        if (rows.Count > 0)
        {
            lease?.Learn(rows[0].IsHeld, rows[0].Exports);
        }

        return [.. rows.Select(row => row.Queue).OfType<KnownQueue>()];
    }
}

/// <summary>A queue as it is stored.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="MessageTypes">The URNs of its message types as a JSON array, once for each consumer.</param>
/// <param name="Workers">The number of processes that consume it.</param>
internal sealed record KnownQueue(QueueSettings Settings, string MessageTypes, int Workers)
{
    /// <summary>Whether a worker has reported it within <see cref="OutboxOptions.ConsumerGoneAfter"/>, so that tasks wait for it.</summary>
    public bool IsConsumed { get; init; } = true;
}

/// <summary>A process's report of one of its queues.</summary>
internal sealed record Heartbeat(
    string Queue, string Worker, int Concurrency, int InFlight, long Consumed, double Rate, double? OldestSeconds, byte[]? Running = null);
