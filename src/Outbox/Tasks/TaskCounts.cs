using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

/// <summary>Counts tasks by a filter, with some of them as a sample.</summary>
internal sealed class TaskCounts(OutboxReader store)
{
    /// <summary>Counts the tasks of a filter. It takes a bounded time, however many there are (<see cref="BoundedCount"/>).</summary>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<TaskCount> CountAsync(TaskQuery query, CancellationToken cancellationToken)
    {
        var plan = await TaskSearch.PlanAsync(store, query, cancellationToken);
        var (count, sample) = await SampledCount.OfAsync(store, plan, TaskReader.Columns, TaskReader.Read, cancellationToken);
        return new TaskCount(count.Count, count.IsExact, sample);
    }
}

/// <summary>How many tasks match a filter.</summary>
/// <param name="Count">The number; a lower bound if it is not exact.</param>
/// <param name="IsExact">False if there were too many tasks to count in the time that a count may take.</param>
/// <param name="Sample">The newest five of them, or fewer.</param>
internal sealed record TaskCount(long Count, bool IsExact, IReadOnlyList<TaskRecord> Sample);
