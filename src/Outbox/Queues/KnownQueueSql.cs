using System.Data.Common;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;

namespace Messaging.Outbox.Queues;

/// <summary>SQL by which a process reads all queues, and learns by the way whether there is a reporter.</summary>
internal static class KnownQueueSql
{
    // If two queues take the same type, because a consumer has moved, the one with workers is first, then the newer one.
    private const string Columns =
        $"""
        SELECT {QueueSettings.Columns}, message_types, coalesce(w.workers, 0), CASE WHEN queues.seen_at > $2 THEN 1 ELSE 0 END
        """;

    private const string Workers = "LEFT JOIN (SELECT queue, count(*) AS workers FROM messaging.queue_workers WHERE seen_at > $1 GROUP BY queue) AS w ON w.queue = name";

    private const string Order = "ORDER BY w.workers IS NULL, updated_at DESC, name";

    // There is always a row, so that every process knows whether there is a reporter, also without queues. A reporter's row that is
    // missing costs no queue.
    private const string SelectWithReporter =
        $"""
        {Columns}, CASE WHEN r.held_until BETWEEN $3 AND $4 THEN 1 ELSE 0 END, coalesce(r.exports, 0)
        FROM (SELECT 1 AS one) AS o LEFT JOIN messaging.queues AS queues ON 1 = 1 LEFT JOIN messaging.reporter AS r ON 1 = 1 {Workers}
        {Order}
        """;

    private const string SelectQueues =
        $"""
        {Columns}
        FROM messaging.queues AS queues {Workers}
        {Order}
        """;

    /// <param name="queries">The store.</param>
    /// <param name="options">The options; they define how long a process counts as alive, and a queue as consumed.</param>
    /// <param name="now">The store's current time.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public static Task<IReadOnlyList<KnownQueue>> ReadAsync(
        IStoreQueries queries, OutboxOptions options, DateTimeOffset now, CancellationToken cancellationToken) =>
        queries.QueryAsync(SelectQueues, Parameters(options, now), ReadQueue, cancellationToken);

    /// <param name="queries">The store.</param>
    /// <param name="lease">Learns about the reporter.</param>
    /// <param name="options">The options; they define how long a process counts as alive, and a queue as consumed.</param>
    /// <param name="now">The store's current time.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public static async Task<IReadOnlyList<KnownQueue>> ReadWithReporterAsync(
        IStoreQueries queries, ReporterLease lease, OutboxOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await queries.QueryAsync(
            SelectWithReporter,
            [.. Parameters(options, now), new StoreTime(now), new StoreTime(now + FigureTurn.LongestHold)],
            reader => (Queue: reader.IsDBNull(0) ? null : ReadQueue(reader), IsHeld: reader.GetInt32(8) != 0, Exports: reader.GetInt32(9) != 0),
            cancellationToken);
        lease.Learn(rows[0].IsHeld, rows[0].Exports);
        return [.. rows.Select(row => row.Queue).OfType<KnownQueue>()];
    }

    private static object?[] Parameters(OutboxOptions options, DateTimeOffset now) =>
        [new StoreTime(now - options.WorkerIsAliveFor), new StoreTime(now - options.ConsumerGoneAfter - QueueAgentSql.SeenIsRightFor)];

    private static KnownQueue ReadQueue(DbDataReader reader) =>
        new(QueueSettings.Read(reader), reader.GetString(5), (int)reader.GetInt64(6)) { IsConsumed = reader.GetInt32(7) != 0 };
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
