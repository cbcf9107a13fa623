using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

internal sealed class TaskStore(OutboxReader store) : ITaskStore
{
    public async Task<TaskRecord?> FindAsync(Guid id, CancellationToken cancellationToken = default) =>
        (await store.QueryAsync($"SELECT {TaskReader.Columns} FROM messaging.tasks WHERE id = $1", [id], TaskReader.Read, cancellationToken)).FirstOrDefault();

    public async Task<IReadOnlyList<TaskAttempt>> FailedAttemptsAsync(Guid id, CancellationToken cancellationToken = default)
    {
        var latest = await store.QueryAsync(
            """
            SELECT attempt, started_at, ended_at, worker, error FROM messaging.task_attempts WHERE task_id = $1 ORDER BY ended_at DESC, attempt DESC LIMIT 200
            """,
            [id],
            reader => new TaskAttempt(
                reader.GetInt32(0), reader.Time(1)!.Value, reader.Time(2)!.Value, reader.GetString(3), reader.GetString(4)),
            cancellationToken);
        return [.. latest.Reverse()];
    }

    public async Task<TaskLinks> LinksAsync(Guid id, CancellationToken cancellationToken = default)
    {
        var links = await store.QueryAsync(
            $"""
            SELECT * FROM (SELECT predecessor, successor FROM messaging.task_links WHERE predecessor = $1 LIMIT {TaskLinks.Max}) AS after_it
            UNION ALL SELECT * FROM (SELECT predecessor, successor FROM messaging.task_links WHERE successor = $1 LIMIT {TaskLinks.Max}) AS before_it
            """,
            [id],
            reader => (Before: reader.GetGuid(0), After: reader.GetGuid(1)),
            cancellationToken);
        return new TaskLinks([.. links.Where(l => l.After == id).Select(l => l.Before)], [.. links.Where(l => l.Before == id).Select(l => l.After)]);
    }

    public Task<Page<TaskRecord>> ListAsync(TaskQuery query, CancellationToken cancellationToken = default) =>
        TaskSearch.PageAsync(store, query, cancellationToken);
}
