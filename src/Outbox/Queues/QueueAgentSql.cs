using System.Text.Json;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Queues;

/// <summary>What an agent writes of its own queues, and reads of all.</summary>
internal static class QueueAgentSql
{
    /// <summary>How long the heartbeat of a process that is gone is kept.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    /// <summary>How old <c>seen_at</c> may be: it is not written with every report.</summary>
    private static readonly TimeSpan SeenIsRightFor = TimeSpan.FromMinutes(1);

    // Writes only what is new: the same report, every few seconds, leaves no dead row behind. What was set over the API stays. A time to come is that of
    // a clock which was wrong.
    private const string KeepQueue =
        """
        ON CONFLICT (name) DO UPDATE SET message_types = excluded.message_types, default_priority = excluded.default_priority,
            seen_at = excluded.seen_at, updated_at = CASE
                WHEN queues.message_types <> excluded.message_types OR queues.default_priority <> excluded.default_priority
                THEN excluded.updated_at ELSE queues.updated_at END
        WHERE queues.message_types <> excluded.message_types OR queues.default_priority <> excluded.default_priority
            OR queues.seen_at IS NULL OR queues.seen_at NOT BETWEEN
        """;

    // Should two queues take the same type, because a consumer has moved, the one with workers comes first, then the later one.
    private const string SelectAll =
        $"""
        SELECT {QueueSettings.Columns}, message_types, coalesce(w.workers, 0), CASE WHEN queues.seen_at > $2 THEN 1 ELSE 0 END
        FROM messaging.queues AS queues LEFT JOIN (SELECT queue, count(*) AS workers FROM messaging.queue_workers WHERE seen_at > $1 GROUP BY queue) AS w ON w.queue = name
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
        await transaction.ExecuteAsync("DELETE FROM messaging.queue_workers WHERE seen_at < $1", cancellationToken, new StoreTime(now - Kept));
    }

    /// <summary>The parameters of rows: <c>($1, $2), ($3, $4)</c>.</summary>
    private static string Numbered(List<object?[]> rows) => string.Join(
        ", ", rows.Select((row, i) => $"({string.Join(", ", Enumerable.Range((i * row.Length) + 1, row.Length).Select(number => $"${number}"))})"));

    /// <summary>The process ends; nobody is to wait until its heartbeats are old.</summary>
    public static Task LeaveAsync(OutboxTransaction transaction, string worker, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("DELETE FROM messaging.queue_workers WHERE worker = $1", cancellationToken, worker);

    /// <param name="queries">Where they are.</param>
    /// <param name="options">How long a process counts as there, and a queue as consumed.</param>
    /// <param name="now">What time it is for the store.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static Task<IReadOnlyList<KnownQueue>> ReadAllAsync(
        IStoreQueries queries, OutboxOptions options, DateTimeOffset now, CancellationToken cancellationToken) =>
        queries.QueryAsync(
            SelectAll,
            [new StoreTime(now - options.WorkerIsAliveFor), new StoreTime(now - options.ConsumerGoneAfter - SeenIsRightFor)],
            reader => new KnownQueue(QueueSettings.Read(reader), reader.GetString(5), (int)reader.GetInt64(6)) { IsConsumed = reader.GetInt32(7) != 0 },
            cancellationToken);
}

/// <summary>A queue as its row says.</summary>
/// <param name="Settings">What is set.</param>
/// <param name="MessageTypes">The URNs of the messages it takes, as a JSON array, once for each consumer.</param>
/// <param name="Workers">Processes that consume it.</param>
internal sealed record KnownQueue(QueueSettings Settings, string MessageTypes, int Workers)
{
    /// <summary>Whether a worker has reported it within <see cref="OutboxOptions.ConsumerGoneAfter"/>: it is waited for.</summary>
    public bool IsConsumed { get; init; } = true;
}

/// <summary>What a process says of one of its queues.</summary>
internal sealed record Heartbeat(
    string Queue, string Worker, int Concurrency, int InFlight, long Consumed, double Rate, double? OldestSeconds, byte[]? Running = null);
