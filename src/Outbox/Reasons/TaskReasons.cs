namespace Messaging.Outbox.Reasons;

/// <summary>The state of a task decides where its reason is looked for.</summary>
internal sealed class TaskReasons(ITaskStore tasks, EndedReasons ended, ChainReasons chains, OpenReasons open, StoreClock time) : ITaskReasons
{
    private const int MaxTasks = 200;

    public async Task<TaskReason?> FindAsync(Guid id, CancellationToken cancellationToken = default) =>
        await tasks.FindAsync(id, cancellationToken) is { } task ? (await FindAllAsync([task], cancellationToken))[id] : null;

    public async Task<IReadOnlyDictionary<Guid, TaskReason>> FindAllAsync(IReadOnlyCollection<TaskRecord> tasks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tasks.Count, MaxTasks, nameof(tasks));
        var byState = tasks.DistinctBy(task => task.Id).ToLookup(task => task.State);
        var now = time.GetUtcNow();
        IEnumerable<TaskReason> all =
        [
            .. byState[TaskState.Succeeded].Select(task => EndedReasons.Succeeded(task, now)),
            .. await ended.FailedAsync([.. byState[TaskState.Failed]], cancellationToken),
            .. await ended.CancelledAsync([.. byState[TaskState.Cancelled]], cancellationToken),
            .. await chains.WaitingAsync([.. byState[TaskState.Waiting]], cancellationToken),
            .. await chains.BlockedAsync([.. byState[TaskState.Blocked]], cancellationToken),
            .. await open.ReadAsync(
                [.. byState[TaskState.Queued], .. byState[TaskState.Scheduled], .. byState[TaskState.Retrying], .. byState[TaskState.Running]], cancellationToken),
        ];
        return all.ToDictionary(reason => reason.TaskId);
    }
}
