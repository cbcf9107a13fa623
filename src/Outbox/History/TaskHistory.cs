using Messaging.Outbox.Reasons;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.History;

/// <summary>Puts the rows of a task in the order of their times.</summary>
internal sealed class TaskHistory(TimelineRowReader rows, GraphReader graphs, ServiceStatusReader status, IOptions<OutboxOptions> options, StoreClock time) : ITaskHistory
{
    public async Task<TaskTimeline?> FindTimelineAsync(Guid id, CancellationToken cancellationToken = default)
    {
        if (await rows.FindAsync(id, cancellationToken) is not { } found)
        {
            return null;
        }

        var alive = found.Task.State == TaskState.Running ? (await status.GetAsync(cancellationToken)).Processes : new HashSet<string>();
        var attempts = TimelineAttempts.Of(found, alive).ToList();
        var latest = attempts.Max(item => (DateTimeOffset?)item.At) ?? default;
        var items = attempts
            .Concat(TimelineSteps.Waited(found, attempts.Where(item => item.Worker is not null || item.Error is not null || item.Attempt == 1).Min(item => (DateTimeOffset?)item.At)))
            .Concat(TimelineSteps.Done(found))
            .Concat(TimelineSteps.Letters(found))
            .Concat(TimelineSteps.Last(found.Task))
            .OrderBy(item => IsEnd(item) && item.At < latest ? latest : item.At).ThenBy(item => item.Type)
            .Prepend(TimelineSteps.Enqueued(found));
        return new TaskTimeline([.. items], found.IsWhole && time.GetUtcNow() - found.Task.CreatedAt < options.Value.InboxRetention);
    }

    /// <summary>The end has the time at which its commit began, by the database's clock: it can be a little before the beginning of its attempt.</summary>
    private static bool IsEnd(TaskTimelineItem item) => item.Type is TaskTimelineType.Succeeded or TaskTimelineType.Failed;

    public Task<TaskGraph?> FindGraphAsync(Guid id, CancellationToken cancellationToken = default) => graphs.FindAsync(id, cancellationToken);
}
