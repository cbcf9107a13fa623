using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// Finds tasks by a key. The index gives their ids, newest first; other conditions are checked on those tasks, of which a page reads a bounded
/// number.
/// </summary>
internal static class KeySearch
{
    private const int MaxRead = 2_000, Chunk = 200;

    /// <summary>
    /// The tasks that have a key <c>$1</c> with a value <c>$2</c>, in the order of the index of keys. As <c>id IN (…)</c> a part of a count would read all tasks that have it.
    /// </summary>
    public const string Keyed =
        $"""
        (SELECT k.task_id AS id, {TaskReader.OtherColumns} FROM messaging.task_keys AS k JOIN messaging.tasks AS t ON t.id = k.task_id WHERE k.name = $1 AND k.value = $2) AS keyed
        """;

    /// <summary>The parameters of <see cref="Keyed"/>.</summary>
    public static SqlFilter Range(TaskKey key) => new(key.Name, key.Value);

    /// <param name="store">The reader.</param>
    /// <param name="key">The key.</param>
    /// <param name="after">Continues after this task.</param>
    /// <param name="match">Adds the other conditions.</param>
    /// <param name="limit">The maximum number of items.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public static async Task<Page<TaskRecord>> PageAsync(
        OutboxReader store, TaskKey key, Guid? after, Action<SqlFilter> match, int limit, CancellationToken cancellationToken)
    {
        var range = new SqlFilter().And("name =", key.Name).And("value =", key.Value).And("task_id <", after);
        var ids = await store.QueryAsync(
            $"SELECT task_id FROM messaging.task_keys WHERE {range.Where} ORDER BY task_id DESC LIMIT {MaxRead}", range.Parameters, reader => reader.GetGuid(0), cancellationToken);
        var items = new List<TaskRecord>();
        foreach (var chunk in ids.Chunk(Chunk))
        {
            var filter = new SqlFilter(chunk.Cast<object?>());
            filter.And($"id IN ({SqlFilter.Numbered(chunk.Length)})");
            match(filter);
            items.AddRange(await store.QueryAsync(
                $"SELECT {TaskReader.Columns} FROM messaging.tasks WHERE {filter.Where} ORDER BY id DESC LIMIT {filter.Parameter(limit - items.Count)}",
                filter.Parameters,
                TaskReader.Read,
                cancellationToken));
            if (items.Count == limit)
            {
                return new Page<TaskRecord>(items, items[^1].Id);
            }
        }

        return new Page<TaskRecord>(items, ids.Count == MaxRead ? ids[^1] : null);
    }
}
