using System.Text.Json;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Queues;

/// <summary>SQL by which an agent writes its own queues.</summary>
internal static class QueueAgentSql
{
    /// <summary>How long the heartbeat of a dead process is kept at least, and how often a process looks for those.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    /// <summary>The precision of <c>seen_at</c>, which is not written with every report.</summary>
    public static readonly TimeSpan SeenIsRightFor = TimeSpan.FromMinutes(1);

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
    /// <param name="transaction">The transaction.</param>
    /// <param name="now">The current time.</param>
    /// <param name="mayRunFor">How long a process that does not report may still run what it has reported.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static Task CleanUpAsync(OutboxTransaction transaction, DateTimeOffset now, TimeSpan mayRunFor, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "DELETE FROM messaging.queue_workers WHERE seen_at < $1", cancellationToken, new StoreTime(now - (mayRunFor > Kept ? mayRunFor : Kept)));

    /// <summary>The parameters of rows: <c>($1, $2), ($3, $4)</c>.</summary>
    private static string Numbered(List<object?[]> rows) => string.Join(
        ", ", rows.Select((row, i) => $"({string.Join(", ", Enumerable.Range((i * row.Length) + 1, row.Length).Select(number => $"${number}"))})"));

    /// <summary>Deletes the heartbeats of a process that ends, so that other processes need not wait until they expire.</summary>
    public static Task LeaveAsync(OutboxTransaction transaction, string worker, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("DELETE FROM messaging.queue_workers WHERE worker = $1", cancellationToken, worker);
}

/// <summary>A process's report of one of its queues.</summary>
internal sealed record Heartbeat(
    string Queue, string Worker, int Concurrency, int InFlight, long Consumed, double Rate, double? OldestSeconds, byte[]? Running = null);
