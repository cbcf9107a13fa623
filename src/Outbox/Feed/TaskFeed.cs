using System.Globalization;
using System.Runtime.CompilerServices;
using Messaging.Outbox.Telemetry;

namespace Messaging.Outbox.Feed;

/// <summary>The event streams; <see cref="FeedPoll"/> provides the events of all of them.</summary>
internal sealed class TaskFeed(FeedPoll poll, OutboxMetrics metrics, StoreClock time) : ITaskFeed
{
    public string EventIdOf(TaskRecord task) => TaskVersion.Of(task);

    public async IAsyncEnumerable<TaskEvent> Follow(
        TaskRecord task, string? lastEventId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var version = TaskVersion.Of(task);
        if (version != lastEventId)
        {
            yield return new TaskEvent(version, task);
        }

        if (task.State.HasEnded)
        {
            yield break;
        }

        await foreach (var change in FollowAsync(new TaskFollower(task.Id, version), cancellationToken))
        {
            yield return change;
        }
    }

    public IAsyncEnumerable<TaskEvent> FollowAll(string? lastEventId, CancellationToken cancellationToken) =>
        FollowAsync(new ChangesFollower(Position(lastEventId), count => metrics.EventsDropped(count, "task_events")), cancellationToken);

    private async IAsyncEnumerable<TaskEvent> FollowAsync(Follower follower, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        poll.Join(follower);
        try
        {
            await foreach (var change in follower.ReadAsync(time, cancellationToken))
            {
                yield return change;
            }
        }
        finally
        {
            poll.Leave(follower);
        }
    }

    private static DateTimeOffset? Position(string? eventId) =>
        long.TryParse(eventId, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
}
