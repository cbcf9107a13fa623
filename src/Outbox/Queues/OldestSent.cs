using Messaging.Outbox.Store;

namespace Messaging.Outbox.Queues;

/// <summary>
/// Estimates since when the oldest message of a queue without consumers has been at the broker; there is no worker to report it. Sent
/// batches are kept until their tasks have ended, so it looks for the oldest open task in the first batches, and in those since
/// the queue was last consumed.
/// </summary>
internal static class OldestSent
{
    /// <summary>The maximum number of tasks that are looked up, from each of the two starting points.</summary>
    private const int MaxTasks = 5_000;

    private const int Chunk = 500;

    private static readonly string Open = $"state IN ({TaskStates.ActiveSql})";

    /// <param name="queries">The store.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="notConsumedSince">When the queue was paused, or when a worker last consumed it; null if unknown.</param>
    /// <param name="checkAfter">How long after sending a batch is checked (<see cref="OutboxOptions.LostAfter"/>).</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <returns>When the oldest open task was stored; null if none was found.</returns>
    public static async Task<DateTimeOffset?> FindAsync(
        IStoreQueries queries, string queue, DateTimeOffset? notConsumedSince, TimeSpan checkAfter, CancellationToken cancellationToken)
    {
        var first = await OldestOfAsync(
            queries, queue, await IdsAsync(queries, "1 = 1 ORDER BY id", [], cancellationToken), cancellationToken);
        return first ?? (notConsumedSince is { } since
            ? await OldestOfAsync(
                queries, queue, await IdsAsync(queries, "check_at >= $1 ORDER BY check_at", [new StoreTime(since + checkAfter)], cancellationToken), cancellationToken)
            : null);
    }

    private static async Task<IReadOnlyList<Guid>> IdsAsync(IStoreQueries queries, string where, IReadOnlyList<object?> parameters, CancellationToken cancellationToken)
    {
        var batches = await queries.QueryAsync(
            $"SELECT ids FROM messaging.sent_messages WHERE {where} LIMIT 1000", parameters, reader => reader.GetFieldValue<byte[]>(0), cancellationToken);
        return [.. batches.SelectMany(SentBatch.UnpackIds).Take(MaxTasks)];
    }

    private static async Task<DateTimeOffset?> OldestOfAsync(IStoreQueries queries, string queue, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        foreach (var chunk in ids.Chunk(Chunk))
        {
            var oldest = await queries.QueryAsync(
                $"SELECT min(created_at) FROM messaging.tasks WHERE id IN ({SqlFilter.Numbered(chunk.Length, 2)}) AND queue = $1 AND {Open}",
                [queue, .. chunk],
                reader => reader.Time(0),
                cancellationToken);
            if (oldest[0] is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
