using Messaging.Outbox.Overview;

namespace Messaging.Outbox.AspNetCore.Queues;

/// <summary>A queue with its recent figures, how long its tasks take, and what it is running.</summary>
internal sealed record QueueDetails : QueueOverview
{
    /// <summary>The maximum number of <see cref="RunningTasks"/>.</summary>
    public const int MaxTasks = 100;

    /// <param name="figures">The queue's figures.</param>
    /// <param name="effects">How long its tasks take.</param>
    /// <param name="running">The tasks that are running.</param>
    public QueueDetails(QueueFigures figures, EffectPercentiles effects, IEnumerable<TaskRecord> running)
        : base(figures) => (AcceptedToEffect, RunningTasks) = (effects, [.. running.Select(RunningTaskView.Of)]);

    /// <summary>The time from acceptance to effect in the last five minutes.</summary>
    public EffectPercentiles AcceptedToEffect { get; }

    /// <summary>Tasks that have been running for more than a moment, the longest first; 100 at most.</summary>
    public IReadOnlyList<RunningTaskView> RunningTasks { get; }
}

/// <summary>A task that is running.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Worker">The process that runs it.</param>
/// <param name="StartedAt">When the attempt started.</param>
/// <param name="Attempt">The number of the attempt.</param>
/// <param name="Progress">Its progress, 0 to 100, if it reports it.</param>
internal sealed record RunningTaskView(Guid TaskId, string Kind, string? Worker, DateTimeOffset? StartedAt, int Attempt, int? Progress)
{
    public static RunningTaskView Of(TaskRecord task) => new(task.Id, task.Kind, task.Worker, task.StartedAt, task.Attempts, task.Progress);
}
