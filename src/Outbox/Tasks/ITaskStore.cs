using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary>
/// Reads what is known of tasks. Each call throws <see cref="StoreUnavailableException"/> when the database did not answer
/// within <see cref="OutboxOptions.CommitTimeout"/>.
/// </summary>
public interface ITaskStore
{
    /// <summary>The task, or null when there is none, or its retention is over.</summary>
    Task<TaskRecord?> FindAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>The attempts at a task that failed, at most the latest 200, oldest first.</summary>
    Task<IReadOnlyList<TaskAttempt>> FailedAttemptsAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>The tasks directly before and after a task.</summary>
    Task<TaskLinks> LinksAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>A page of tasks, newest first.</summary>
    Task<Page<TaskRecord>> ListAsync(TaskQuery query, CancellationToken cancellationToken = default);
}

internal sealed class TaskStore(IOutboxStore store, IOptions<OutboxOptions> options) : ITaskStore
{
    /// <summary>
    /// The rows that one page looks at. Whatever the filter, a page costs no more; a rare match is found by going on.
    /// </summary>
    private const int ScanLimit = 20_000;

    public async Task<TaskRecord?> FindAsync(Guid id, CancellationToken cancellationToken = default) =>
        (await QueryAsync($"SELECT {TaskReader.Columns} FROM tasks WHERE id = $1", [id], TaskReader.Read, cancellationToken)).FirstOrDefault();

    public async Task<IReadOnlyList<TaskAttempt>> FailedAttemptsAsync(Guid id, CancellationToken cancellationToken = default)
    {
        var latest = await QueryAsync(
            """
            SELECT attempt, started_at, ended_at, worker, error FROM task_attempts WHERE task_id = $1 ORDER BY ended_at DESC, attempt DESC LIMIT 200
            """,
            [id],
            reader => new TaskAttempt(
                reader.GetInt32(0), reader.Time(1)!.Value, reader.Time(2)!.Value, reader.GetString(3), reader.GetString(4)),
            cancellationToken);
        return [.. latest.Reverse()];
    }

    public async Task<TaskLinks> LinksAsync(Guid id, CancellationToken cancellationToken = default)
    {
        var links = await QueryAsync(
            "SELECT predecessor, successor FROM task_links WHERE predecessor = $1 OR successor = $1",
            [id],
            reader => (Before: reader.GetGuid(0), After: reader.GetGuid(1)),
            cancellationToken);
        return new TaskLinks([.. links.Where(l => l.After == id).Select(l => l.Before)], [.. links.Where(l => l.Before == id).Select(l => l.After)]);
    }

    public async Task<Page<TaskRecord>> ListAsync(TaskQuery query, CancellationToken cancellationToken = default)
    {
        var range = new SqlFilter().And("id <", query.After);
        if (query.States.Count > 0)
        {
            // attention has an index; it is null for the two states that most tasks are in.
            var column = query.States.Any(s => s is TaskState.Queued or TaskState.Succeeded) ? "state" : "attention";
            range.And($"{column} IN ({string.Join(", ", query.States.Select(s => (int)s))})");
        }

        range.And("created_at >=", StoreTime.Of(query.CreatedFrom)).And("created_at <", StoreTime.Of(query.CreatedBefore));
        var scanned = $"FROM tasks WHERE {range.Where} ORDER BY id DESC";
        var match = new SqlFilter(range.Parameters).And("kind =", query.Kind).And("queue =", query.Queue).AndContains("last_error", query.Error);
        var items = await QueryAsync(
            $"""
            SELECT {TaskReader.Columns} FROM (SELECT {TaskReader.Columns} {scanned} LIMIT {ScanLimit}) AS scanned
            WHERE {match.Where} ORDER BY id DESC LIMIT {match.Parameter(query.Limit)}
            """,
            match.Parameters,
            TaskReader.Read,
            cancellationToken);
        if (items.Count == query.Limit)
        {
            return new Page<TaskRecord>(items, items[^1].Id);
        }

        var last = await QueryAsync(
            $"SELECT id {scanned} LIMIT 1 OFFSET {ScanLimit - 1}", range.Parameters, reader => reader.GetGuid(0), cancellationToken);
        return new Page<TaskRecord>(items, last.Count > 0 ? last[0] : null);
    }

    private Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<System.Data.Common.DbDataReader, T> read, CancellationToken cancellationToken) =>
        StoreDeadline.RunAsync(options.Value.CommitTimeout, token => store.QueryAsync(sql, parameters, read, token), cancellationToken);
}
