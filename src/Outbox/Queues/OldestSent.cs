using Messaging.Outbox.Store;

namespace Messaging.Outbox.Queues;

/// <summary>
/// Since when the oldest message has been at the broker, for queues that nobody consumes: no worker says it then. The batches that were sent are
/// kept until their tasks have ended, so it is the oldest open task among the first of them, or among those since the queue has not been consumed.
/// </summary>
internal static class OldestSent
{
    /// <summary>Tasks that are looked up, from each of both beginnings.</summary>
    private const int MaxTasks = 5_000;

    private const int Chunk = 500;

    private static readonly string Open =
        $"state IN ({(int)TaskState.Queued}, {(int)TaskState.Running}, {(int)TaskState.Retrying}, {(int)TaskState.Scheduled})";

    /// <param name="queries">Where they are.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="notConsumedSince">When it was paused, or a worker was last there; null where that is not known.</param>
    /// <param name="checkAfter">How long after it was sent a batch is looked at (<see cref="OutboxOptions.LostAfter"/>).</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>When the oldest task was stored that is open; null when none was found.</returns>
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
