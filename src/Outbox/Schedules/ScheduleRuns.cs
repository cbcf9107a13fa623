using System.Globalization;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Schedules;

/// <summary>
/// The last runs of a schedule, in a column of its row: entries of the same length, the newest first, so that SQL adds one and cuts off the oldest
/// without reading them.
/// </summary>
internal static class ScheduleRuns
{
    /// <summary>The number of runs that are kept.</summary>
    public const int Kept = 10;

    private const int Length = 48, IdLength = 32;

    /// <summary>Adds an entry, which may be empty.</summary>
    /// <param name="parameter">The parameter with the entry.</param>
    public static string Added(string parameter) =>
        string.Create(CultureInfo.InvariantCulture, $"recent_runs = substr({parameter} || coalesce(recent_runs, ''), 1, {Kept * Length})");

    /// <summary>The entry of a run.</summary>
    public static string Entry(Guid task, DateTimeOffset dueAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{task:N}{dueAt.ToUnixTimeMilliseconds(),Length - IdLength}");

    /// <summary>The runs, the newest first.</summary>
    public static IReadOnlyList<(Guid Task, DateTimeOffset DueAt)> Parse(string? runs) =>
    [
        .. (runs ?? "").Chunk(Length).Where(entry => entry.Length == Length).Select(entry => (
            Guid.ParseExact(entry.AsSpan(0, IdLength), "N"),
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(entry.AsSpan(IdLength), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture)))),
    ];
}

/// <summary>A run of a schedule.</summary>
/// <param name="TaskId">Its task.</param>
/// <param name="DueAt">When it was due; for a run by hand, when it was requested.</param>
/// <param name="State">The state of the task; null if its row is gone.</param>
/// <param name="FinishedAt">When the task ended.</param>
/// <param name="Seconds">How long the last attempt took, in seconds.</param>
/// <param name="Error">The error of the last failed attempt.</param>
internal sealed record ScheduleRun(Guid TaskId, DateTimeOffset DueAt, TaskState? State, DateTimeOffset? FinishedAt, double? Seconds, string? Error);

/// <summary>Reads what became of the runs of schedules.</summary>
internal sealed class ScheduleRunReader(OutboxReader store)
{
    private const int Chunk = 200;

    /// <summary>The last runs of a schedule, the newest first.</summary>
    public async Task<IReadOnlyList<ScheduleRun>> OfAsync(ScheduleRecord schedule, CancellationToken cancellationToken)
    {
        var runs = ScheduleRuns.Parse(schedule.RecentRuns);
        var tasks = await FindAsync([.. runs.Select(run => run.Task)], cancellationToken);
        return [.. runs.Select(run => Run(run.Task, run.DueAt, tasks.GetValueOrDefault(run.Task)))];
    }

    /// <summary>The tasks that are still there.</summary>
    public async Task<IReadOnlyDictionary<Guid, TaskRecord>> FindAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, TaskRecord>();
        foreach (var chunk in ids.Distinct().Chunk(Chunk))
        {
            foreach (var task in await store.QueryAsync(
                $"SELECT {TaskReader.Columns} FROM messaging.tasks WHERE id IN ({SqlFilter.Numbered(chunk.Length)})", [.. chunk.Select(id => (object?)id)], TaskReader.Read, cancellationToken))
            {
                found[task.Id] = task;
            }
        }

        return found;
    }

    private static ScheduleRun Run(Guid id, DateTimeOffset dueAt, TaskRecord? task) => new(
        id,
        dueAt,
        task?.State,
        task?.FinishedAt,
        task is { FinishedAt: { } finished, StartedAt: { } started } ? Math.Round(Math.Max(0, (finished - started).TotalSeconds), 3) : null,
        task?.LastError);
}
