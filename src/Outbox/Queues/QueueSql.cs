using System.Globalization;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Queues;

/// <summary>
/// Counts for all queues at once. There is no index on a queue, which every message would pay for; so the counting goes along the index by
/// which messages are claimed, and ends after a bounded number of rows.
/// </summary>
internal static class QueueSql
{
    /// <summary>Rows of each priority that are counted.</summary>
    public const int Cap = 100_000;

    private static readonly string Due = Outbox("due_at <= $1", "min(due_at)");
    private static readonly string Delayed = Outbox("due_at > $1", "NULL");

    private static readonly string DeadLetters =
        $"SELECT queue, count(*), NULL FROM (SELECT queue FROM dead_letters WHERE state = 0 LIMIT {Text(Cap)}) AS d GROUP BY queue";

    public static Task<IReadOnlyList<QueueSettings>> SettingsAsync(IOutboxStore store, string? name, CancellationToken cancellationToken) =>
        name is null
            ? store.QueryAsync($"SELECT {QueueSettings.Columns} FROM queues ORDER BY name", [], QueueSettings.Read, cancellationToken)
            : store.QueryAsync($"SELECT {QueueSettings.Columns} FROM queues WHERE name = $1", [name], QueueSettings.Read, cancellationToken);

    public static Task<IReadOnlyDictionary<string, Counted>> DueAsync(IOutboxStore store, DateTimeOffset now, CancellationToken cancellationToken) =>
        CountAsync(store, Due, [new StoreTime(now)], cancellationToken);

    public static Task<IReadOnlyDictionary<string, Counted>> DelayedAsync(IOutboxStore store, DateTimeOffset now, CancellationToken cancellationToken) =>
        CountAsync(store, Delayed, [new StoreTime(now)], cancellationToken);

    public static Task<IReadOnlyDictionary<string, Counted>> DeadLettersAsync(IOutboxStore store, CancellationToken cancellationToken) =>
        CountAsync(store, DeadLetters, [], cancellationToken);

    /// <summary>The live heartbeats.</summary>
    public static Task<IReadOnlyList<(Heartbeat Heartbeat, DateTimeOffset SeenAt)>> HeartbeatsAsync(
        IOutboxStore store, DateTimeOffset aliveSince, CancellationToken cancellationToken) =>
        store.QueryAsync(
            """
            SELECT queue, worker, concurrency, in_hand, consumed, rate, oldest_seconds, seen_at
            FROM queue_workers WHERE seen_at > $1 ORDER BY queue, worker
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
        IOutboxStore store, string sql, IReadOnlyList<object?> parameters, CancellationToken cancellationToken)
    {
        var rows = await store.QueryAsync(
            sql, parameters, reader => (Queue: reader.Text(0), Counted: new Counted(reader.GetInt64(1), reader.Time(2))), cancellationToken);
        return rows.Where(r => r.Queue is not null).ToDictionary(r => r.Queue!, r => r.Counted, StringComparer.Ordinal);
    }

    // The oldest come first, so what is not counted is younger than what is.
    private static string Outbox(string where, string oldest) =>
        $"""
        SELECT queue, count(*), {oldest} FROM (
            {string.Join("\nUNION ALL ", Enum.GetValues<QueuePriority>().Select(p =>
                $"SELECT queue, due_at FROM (SELECT queue, due_at FROM outbox WHERE priority = {(int)p} AND {where} ORDER BY due_at, id LIMIT {Text(Cap)}) AS p{(int)p}"))}
        ) AS o GROUP BY queue
        """;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>How many, and since when the oldest has been due.</summary>
internal readonly record struct Counted(long Count, DateTimeOffset? Oldest);
