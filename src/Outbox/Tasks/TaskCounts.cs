using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

/// <summary>Counts tasks by a filter, with some of them as a sample.</summary>
internal sealed class TaskCounts(OutboxReader store)
{
    /// <summary>The number of tasks in the sample.</summary>
    public const int SampleSize = 5;

    /// <summary>The maximum number of pages that the sample searches; rare matches may be further back.</summary>
    private const int SamplePages = 10;

    /// <summary>Counts the tasks of a filter. It takes a bounded time, however many there are (<see cref="BoundedCount"/>).</summary>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<TaskCount> CountAsync(TaskQuery query, CancellationToken cancellationToken)
    {
        var plan = await TaskSearch.PlanAsync(store, query, cancellationToken);
        var (sample, after) = (new List<TaskRecord>(), (Guid?)null);
        for (var i = 0; i < SamplePages && sample.Count < SampleSize; i++)
        {
            var page = await plan.PageAsync(store, TaskReader.Columns, TaskReader.Read, after, SampleSize - sample.Count, cancellationToken);
            sample.AddRange(page.Items);
            if (page.Next is null)
            {
                return new TaskCount(sample.Count, IsExact: true, sample);
            }

            after = page.Next;
        }

        var count = await BoundedCount.OfAsync(store, plan, cancellationToken);
        return new TaskCount(Math.Max(count.Count, sample.Count), count.IsExact, sample);
    }
}

/// <summary>How many tasks match a filter.</summary>
/// <param name="Count">The number; a lower bound if it is not exact.</param>
/// <param name="IsExact">False if there were too many tasks to count in the time that a count may take.</param>
/// <param name="Sample">The newest five of them, or fewer.</param>
internal sealed record TaskCount(long Count, bool IsExact, IReadOnlyList<TaskRecord> Sample);
