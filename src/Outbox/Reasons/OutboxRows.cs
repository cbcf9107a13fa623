using System.Data.Common;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Reasons;

/// <summary>A task's row of the outbox.</summary>
/// <param name="Message">The message, which is the task.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="Attempts">How many times it was tried to send it, or, in memory, given to consumers that did not finish.</param>
/// <param name="Error">The error of the last try.</param>
/// <param name="IsClaimed">Whether a dispatcher shows that it has claimed it.</param>
/// <param name="Before">Due rows of its queue that were due before it.</param>
/// <param name="HasMore">Whether that number is at its bound.</param>
internal sealed record OutboxRow(Guid Message, DateTimeOffset DueAt, int Attempts, string? Error, bool IsClaimed, long Before, bool HasMore);

/// <summary>How far the due rows of a queue were looked through.</summary>
internal enum RowSearch
{
    /// <summary>All of them, or there are none.</summary>
    Whole,

    /// <summary>The first <see cref="OutboxRows.MaxSearched"/>.</summary>
    First,

    /// <summary>None: more queues were asked for than are looked through at once.</summary>
    None,
}

/// <summary>What was found among the first due rows of queues.</summary>
/// <param name="Rows">The rows by message.</param>
/// <param name="Queues">How far each queue was looked through that was asked for.</param>
internal sealed record SearchedRows(IReadOnlyDictionary<Guid, OutboxRow> Rows, IReadOnlyDictionary<string, RowSearch> Queues);

/// <summary>
/// Finds the rows of tasks where they can be, since the outbox has no index on its messages: among rows that wait, that failed to be sent, that are due since the task
/// was stored or redriven, and among the first due rows of its queue (docs/decisions/0051).
/// </summary>
internal sealed class OutboxRows(OutboxReader store, ISqlDialect dialect)
{
    /// <summary>How many rows before it are counted for one task, and for each of many.</summary>
    private const int MaxBefore = 1_000, MaxBeforeEach = 100;

    /// <summary>How many due rows of a queue are looked through, and of how many queues.</summary>
    public const int MaxSearched = 1_000, MaxQueues = 5;

    private string From(string rows, int maxBefore) =>
        $"""
        SELECT o.message_id, o.due_at, o.attempts, o.last_error, CASE WHEN {dialect.IsUnclaimed} THEN 0 ELSE 1 END,
            (SELECT count(*) FROM (SELECT 1 FROM messaging.outbox AS b WHERE b.queue = o.queue AND b.due_at < o.due_at ORDER BY b.due_at LIMIT {maxBefore}) AS r)
        FROM {rows} AS o
        """;

    /// <summary>The rows that an index finds. A row that is due at no time, since its task waits or is cancelled, is left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, OutboxRow>> FindAsync(IReadOnlyList<Guid> tasks, CancellationToken cancellationToken)
    {
        var ids = SqlFilter.Numbered(tasks.Count);
        var maxBefore = BoundFor(tasks.Count);
        var (never, all) = (dialect.Never, From("messaging.outbox", maxBefore));
        var rows = await store.QueryAsync(
            $"""
            {all} WHERE o.message_id IN ({ids}) AND o.waiting = 1 AND o.due_at < {never}
            UNION ALL {all} WHERE o.message_id IN ({ids}) AND o.attempts > 0 AND o.waiting = 0
            UNION ALL {all} JOIN messaging.tasks AS t ON o.queue = t.queue AND o.due_at = t.created_at AND o.message_id = t.id WHERE t.id IN ({ids}) AND o.waiting = 0
            UNION ALL {all} JOIN messaging.tasks AS t ON o.queue IS NULL AND t.queue IS NULL AND o.due_at = t.created_at AND o.message_id = t.id WHERE t.id IN ({ids}) AND o.waiting = 0
            UNION ALL {all} JOIN messaging.dead_letters AS d ON o.queue = coalesce(d.redriven_to, d.queue) AND o.due_at = d.ended_at AND o.message_id = d.task_id
                WHERE d.task_id IN ({ids}) AND d.state = {(int)DeadLetterState.Redriven} AND o.waiting = 0
            """,
            [.. tasks.Select(id => (object?)id)],
            reader => Read(reader, maxBefore),
            cancellationToken);
        return ByMessage(rows);
    }

    /// <summary>Looks for rows among the first due ones of their queues, when they are in none of the other places.</summary>
    public async Task<SearchedRows> SearchAsync(
        IReadOnlyCollection<Guid> tasks, IReadOnlyCollection<string> queues, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (tasks.Count == 0 || queues.Count == 0)
        {
            return new SearchedRows(new Dictionary<Guid, OutboxRow>(), new Dictionary<string, RowSearch>());
        }

        var searched = queues.Take(MaxQueues).ToList();
        var filter = new SqlFilter();
        var due = filter.Parameter(new StoreTime(now));
        var ids = string.Join(", ", tasks.Select(id => filter.Parameter(id)));
        var maxBefore = BoundFor(tasks.Count);
        var names = searched.ConvertAll(filter.Parameter);
        string First(string queue, string columns) => $"(SELECT {columns} FROM messaging.outbox WHERE queue = {queue} AND due_at <= {due} ORDER BY due_at LIMIT {MaxSearched})";
        var rows = names.Select(queue => $"{From(First(queue, "*"), maxBefore)} WHERE o.message_id IN ({ids})");
        var lengths = names.Select((queue, i) => $"SELECT NULL, NULL, {i}, NULL, 0, count(*) FROM {First(queue, "due_at")} AS n");
        var found = await store.QueryAsync(
            string.Join(" UNION ALL ", rows.Concat(lengths)),
            filter.Parameters,
            reader => reader.IsDBNull(0) ? (Row: null, Queue: reader.GetInt32(2), Length: reader.GetInt64(5)) : (Row: Read(reader, maxBefore), Queue: 0, Length: 0L),
            cancellationToken);
        var isWhole = found.Where(item => item.Row is null).ToDictionary(item => searched[item.Queue], item => item.Length < MaxSearched, StringComparer.Ordinal);
        return new SearchedRows(
            ByMessage(found.Select(item => item.Row).OfType<OutboxRow>()),
            queues.ToDictionary(
                queue => queue, queue => isWhole.TryGetValue(queue, out var all) ? all ? RowSearch.Whole : RowSearch.First : RowSearch.None, StringComparer.Ordinal));
    }

    private static Dictionary<Guid, OutboxRow> ByMessage(IEnumerable<OutboxRow> rows) =>
        rows.GroupBy(row => row.Message).ToDictionary(group => group.Key, group => group.MinBy(row => row.DueAt)!);

    private static int BoundFor(int tasks) => tasks == 1 ? MaxBefore : MaxBeforeEach;

    private static OutboxRow Read(DbDataReader reader, int maxBefore) => new(
        reader.GetGuid(0), reader.Time(1)!.Value, reader.GetInt32(2), reader.Text(3), reader.GetInt32(4) != 0, reader.GetInt64(5), reader.GetInt64(5) >= maxBefore);
}
