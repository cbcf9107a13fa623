using System.Globalization;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Queues;

/// <summary>
/// Counts the rows of each queue separately, along an index that starts with the queue, and up to a limit: the size of one queue
/// does not affect the count of another.
/// </summary>
internal static class QueueSql
{
    /// <summary>The maximum count for a single queue.</summary>
    public const int Cap = 100_000;

    /// <summary>The maximum count for each queue in a list of all queues, so that many long queues are counted in time.</summary>
    public const int ListCap = 10_000;

    // The ORDER BY makes each query use its index: without it PostgreSQL reads the whole table for each queue, expecting to reach
    // the limit soon.
    private const string Due = "SELECT 1 FROM messaging.outbox WHERE queue = q.name AND due_at <= $1 ORDER BY due_at";

    // Rows that are kept for cancelled tasks are not waiting, and so not delayed.
    private const string Delayed = "SELECT 1 FROM messaging.outbox WHERE queue = q.name AND due_at > $1 AND waiting <> 2 ORDER BY due_at";

    private const string DeadLetters = "SELECT 1 FROM messaging.dead_letters WHERE queue = q.name AND state = 0 ORDER BY id";

    /// <summary>The limit of the counts.</summary>
    /// <param name="name">The queue; null for all queues.</param>
    public static int CapOf(string? name) => name is null ? ListCap : Cap;

    public static Task<IReadOnlyList<QueueSettings>> SettingsAsync(IStoreQueries queries, string? name, CancellationToken cancellationToken) =>
        name is null
            ? queries.QueryAsync($"SELECT {QueueSettings.Columns} FROM messaging.queues ORDER BY name", [], QueueSettings.Read, cancellationToken)
            : queries.QueryAsync($"SELECT {QueueSettings.Columns} FROM messaging.queues WHERE name = $1", [name], QueueSettings.Read, cancellationToken);

    /// <summary>Rows that are due, and since when the oldest of them has waited.</summary>
    /// <param name="queries">The store.</param>
    /// <param name="name">The queue; null for all queues.</param>
    /// <param name="waits">The condition of a row that waits, and is not with a consumer.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static Task<IReadOnlyDictionary<string, Counted>> DueAsync(
        IStoreQueries queries, string? name, string waits, DateTimeOffset now, CancellationToken cancellationToken) =>
        CountAsync(queries, Due, $"(SELECT min(due_at) FROM messaging.outbox WHERE queue = q.name AND due_at <= $1 AND {waits})", name, [new StoreTime(now)], cancellationToken);

    public static Task<IReadOnlyDictionary<string, Counted>> DelayedAsync(
        IStoreQueries queries, string? name, DateTimeOffset now, CancellationToken cancellationToken) =>
        CountAsync(queries, Delayed, "NULL", name, [new StoreTime(now)], cancellationToken);

    public static Task<IReadOnlyDictionary<string, Counted>> DeadLettersAsync(IStoreQueries queries, string? name, CancellationToken cancellationToken) =>
        CountAsync(queries, DeadLetters, "NULL", name, [], cancellationToken);

    /// <summary>The heartbeats of live processes.</summary>
    public static Task<IReadOnlyList<(Heartbeat Heartbeat, DateTimeOffset SeenAt)>> HeartbeatsAsync(
        IStoreQueries queries, DateTimeOffset aliveSince, CancellationToken cancellationToken) =>
        queries.QueryAsync(
            """
            SELECT queue, worker, concurrency, in_flight, consumed, rate, oldest_seconds, seen_at
            FROM messaging.queue_workers WHERE seen_at > $1 ORDER BY queue, worker
            """,
            [new StoreTime(aliveSince)],
            reader => (
                new Heartbeat(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetInt32(2),
                    reader.GetInt32(3),
                    reader.GetInt64(4),
                    reader.GetDouble(5),
                    reader.IsDBNull(6) ? null : reader.GetDouble(6)),
                reader.Time(7)!.Value),
            cancellationToken);

    private static async Task<IReadOnlyDictionary<string, Counted>> CountAsync(
        IStoreQueries queries, string rows, string oldest, string? name, IReadOnlyList<object?> parameters, CancellationToken cancellationToken)
    {
        var (where, all) = name is null ? ("", parameters) : ($"WHERE q.name = ${parameters.Count + 1}", [.. parameters, name]);
        var counted = await queries.QueryAsync(
            $"SELECT q.name, (SELECT count(*) FROM ({rows} LIMIT {Text(CapOf(name))}) AS r), {oldest} FROM messaging.queues AS q {where}",
            all,
            reader => (Queue: reader.GetString(0), Counted: new Counted(reader.GetInt64(1), reader.Time(2))),
            cancellationToken);
        return counted.ToDictionary(r => r.Queue, r => r.Counted, StringComparer.Ordinal);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A count, and since when the oldest row has been due.</summary>
internal readonly record struct Counted(long Count, DateTimeOffset? Oldest);
