using Messaging.Outbox.Store;

namespace Messaging.Outbox.SharedTasks;

/// <summary>A task of several consumers that has not ended, and of which at least one has ended a while ago.</summary>
/// <param name="Task">The task.</param>
/// <param name="Expected">Its consumers; null if they cannot be read.</param>
/// <param name="Done">The queues of those that are done, once for each.</param>
/// <param name="HasReason">Whether the task says why it waits.</param>
internal sealed record OpenShares(Guid Task, ExpectedConsumers? Expected, IReadOnlyList<string> Done, bool HasReason)
{
    /// <summary>The number of tasks that are read in one query.</summary>
    public const int PageSize = 500;

    private static readonly string Select =
        $"""
        SELECT c.task_id, c.queue, c.failed, c.expected, CASE WHEN t.last_error IS NULL THEN 0 ELSE 1 END
        FROM (
            SELECT s.task_id FROM messaging.task_consumers AS s JOIN messaging.tasks AS o ON o.id = s.task_id
            WHERE s.task_id > $1 AND s.ended_at < $2 AND o.state NOT IN ({TaskStates.EndedSql})
            GROUP BY s.task_id ORDER BY s.task_id LIMIT {PageSize}) AS p
        JOIN messaging.task_consumers AS c ON c.task_id = p.task_id JOIN messaging.tasks AS t ON t.id = p.task_id
        ORDER BY c.task_id
        """;

    /// <param name="queries">The store.</param>
    /// <param name="after">The last task of the page before.</param>
    /// <param name="before">When the first consumer had ended at the latest.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <returns>A page, in the order of the ids.</returns>
    public static async Task<IReadOnlyList<OpenShares>> ReadAsync(IStoreQueries queries, Guid after, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var rows = await queries.QueryAsync(
            Select,
            [after, new StoreTime(before)],
            reader => (Task: reader.GetGuid(0), Queue: reader.GetString(1), IsDone: reader.GetInt16(2) == 0, Expected: reader.GetString(3), HasReason: reader.GetInt32(4) != 0),
            cancellationToken);
        return
        [
            .. rows.GroupBy(row => row.Task).Select(task => new OpenShares(
                task.Key, ExpectedConsumers.Parse(task.Max(row => row.Expected)), [.. task.Where(row => row.IsDone).Select(row => row.Queue)], task.First().HasReason)),
        ];
    }
}
