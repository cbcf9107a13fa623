using System.Data.Common;
using System.Text.Json;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Queues;

/// <summary>What an agent writes of its own queues, and reads of all.</summary>
internal static class QueueAgentSql
{
    /// <summary>How long the heartbeat of a process that is gone is kept.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    // Writes only what is new: the same report, every few seconds, leaves no dead row behind. What was set over the API stays.
    private const string KeepQueue =
        """
        ON CONFLICT (name) DO UPDATE SET message_types = excluded.message_types, default_priority = excluded.default_priority,
            updated_at = excluded.updated_at
        WHERE queues.message_types <> excluded.message_types OR queues.default_priority <> excluded.default_priority
        """;

    // Should two queues take the same type, because a consumer has moved, the one with workers comes first, then the later one.
    private const string SelectAll =
        $"""
        SELECT {QueueSettings.Columns}, message_types, coalesce(w.workers, 0)
        FROM queues LEFT JOIN (SELECT queue, count(*) AS workers FROM queue_workers WHERE seen_at > $1 GROUP BY queue) AS w ON w.queue = name
        ORDER BY w.workers IS NULL, updated_at DESC, name
        """;

    /// <summary>Writes the queues with their message types, and a heartbeat for each.</summary>
    public static async Task ReportAsync(
        DbTransaction transaction,
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
        }).ToList();
        if (queues.Count > 0)
        {
            await transaction.ExecuteAsync(
                $"INSERT INTO queues (name, message_types, default_priority, updated_at) VALUES {Numbered(queues)} {KeepQueue}",
                cancellationToken,
                [.. queues.SelectMany(row => row)]);
        }

        var rows = heartbeats.Select(h => new object?[]
        {
            h.Queue, h.Worker, h.Concurrency, h.InHand, h.Consumed, h.Rate, h.OldestSeconds, new StoreTime(now), h.Running,
        }).ToList();
        await transaction.ExecuteAsync(
            $"""
            INSERT INTO queue_workers (queue, worker, concurrency, in_hand, consumed, rate, oldest_seconds, seen_at, running)
            VALUES {Numbered(rows)}
            ON CONFLICT (queue, worker) DO UPDATE SET concurrency = excluded.concurrency, in_hand = excluded.in_hand,
                consumed = excluded.consumed, rate = excluded.rate, oldest_seconds = excluded.oldest_seconds, seen_at = excluded.seen_at,
                running = excluded.running
            """,
            cancellationToken,
            [.. rows.SelectMany(row => row)]);
        await transaction.ExecuteAsync("DELETE FROM queue_workers WHERE seen_at < $1", cancellationToken, new StoreTime(now - Kept));
    }

    /// <summary>The parameters of rows: <c>($1, $2), ($3, $4)</c>.</summary>
    private static string Numbered(List<object?[]> rows) => string.Join(
        ", ", rows.Select((row, i) => $"({string.Join(", ", Enumerable.Range((i * row.Length) + 1, row.Length).Select(number => $"${number}"))})"));

    /// <summary>The process ends; nobody is to wait until its heartbeats are old.</summary>
    public static Task LeaveAsync(DbTransaction transaction, string worker, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("DELETE FROM queue_workers WHERE worker = $1", cancellationToken, worker);

    /// <param name="store">Where they are.</param>
    /// <param name="aliveSince">A process that was seen since then is there.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static Task<IReadOnlyList<KnownQueue>> ReadAllAsync(
        IOutboxStore store, DateTimeOffset aliveSince, CancellationToken cancellationToken) =>
        store.QueryAsync(
            SelectAll,
            [new StoreTime(aliveSince)],
            reader => new KnownQueue(QueueSettings.Read(reader), reader.GetString(5), (int)reader.GetInt64(6)),
            cancellationToken);
}

/// <summary>A queue as its row says.</summary>
/// <param name="Settings">What is set.</param>
/// <param name="MessageTypes">The URNs of the messages it takes, as a JSON array.</param>
/// <param name="Workers">Processes that consume it.</param>
internal sealed record KnownQueue(QueueSettings Settings, string MessageTypes, int Workers);

/// <summary>What a process says of one of its queues.</summary>
internal sealed record Heartbeat(
    string Queue, string Worker, int Concurrency, int InHand, long Consumed, double Rate, double? OldestSeconds, byte[]? Running = null);
