using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Feed;

/// <summary>The queries of a poll.</summary>
internal sealed class TaskRows(IStoreQueries queries, IOptions<OutboxOptions> options)
{
    /// <summary>The maximum number of rows of one query.</summary>
    public const int MaxChanges = 5_000;

    // Few lengths, so that there are few prepared statements; the last id is repeated to fill one up.
    private static readonly int[] Lengths = [1, 25, 500];
    private static readonly Dictionary<int, string> ById = Lengths.ToDictionary(length => length, length =>
        $"SELECT {TaskReader.Columns} FROM messaging.tasks WHERE id IN ({string.Join(", ", Enumerable.Range(1, length).Select(i => $"${i}"))})");

    // Each change of a message leaves a row in the inbox. In addition: new tasks, and running ones, whose progress may have
    // changed.
    private static readonly string Changed =
        $"""
        SELECT {TaskReader.Columns} FROM messaging.tasks WHERE id IN (
            SELECT message_id FROM messaging.inbox WHERE consumed_at >= $1
            UNION SELECT id FROM messaging.tasks WHERE id >= $2
            UNION SELECT id FROM messaging.tasks WHERE attention = {(int)TaskState.Running}) ORDER BY id DESC LIMIT {MaxChanges}
        """;

    /// <summary>The tasks that changed since then, oldest first.</summary>
    public async Task<IReadOnlyList<TaskRecord>> ChangedSinceAsync(DateTimeOffset since) =>
        [.. (await QueryAsync(Changed, [new StoreTime(since), Uuid7.LowerBound(since)])).Reverse()];

    /// <summary>The existing tasks among these ids.</summary>
    public async Task<IReadOnlyList<TaskRecord>> FindAsync(IReadOnlyCollection<Guid> ids)
    {
        var found = new List<TaskRecord>(ids.Count);
        foreach (var chunk in ids.Chunk(Lengths[^1]))
        {
            var length = Lengths.First(l => l >= chunk.Length);
            found.AddRange(await QueryAsync(ById[length], [.. Enumerable.Range(0, length).Select(i => (object?)chunk[Math.Min(i, chunk.Length - 1)])]));
        }

        return found;
    }

    private Task<IReadOnlyList<TaskRecord>> QueryAsync(string sql, object?[] parameters) => StoreDeadline.RunAsync(
        options.Value.CommitTimeout * 4, token => queries.QueryAsync(sql, parameters, TaskReader.Read, token), CancellationToken.None);
}
