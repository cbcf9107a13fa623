namespace Messaging.Outbox;

/// <summary>An event with the new state of a task. Its id is the position to continue from after a broken stream.</summary>
/// <param name="EventId">The value for <c>Last-Event-ID</c>.</param>
/// <param name="Task">The task; null for a heartbeat.</param>
/// <param name="Lagged">Whether changes were skipped: there were too many at once, they are too old, or the follower was too slow.</param>
public sealed record TaskEvent(string EventId, TaskRecord? Task, bool Lagged = false);

/// <summary>
/// Follows tasks as they change. Each state that a poll sees is sent at least once; states between two polls
/// (<see cref="OutboxOptions.EventInterval"/>) are skipped. The feed writes nothing: it reads the rows of the inbox, which record each
/// change of a message in the transaction of the change. All followers of a process share its polls, so that any number of them
/// costs the database as much as one. The caller limits the number of followers.
/// </summary>
public interface ITaskFeed
{
    /// <summary>The id of the event with this state of a task.</summary>
    string EventIdOf(TaskRecord task);

    /// <summary>Follows one task until it ends.</summary>
    /// <param name="task">The task as it was read last; it is the first event.</param>
    /// <param name="lastEventId">The id of the last event that the client received; if the first event has the same id, it is omitted.</param>
    /// <param name="cancellationToken">Cancels the stream.</param>
    IAsyncEnumerable<TaskEvent> Follow(TaskRecord task, string? lastEventId, CancellationToken cancellationToken);

    /// <summary>
    /// Follows all tasks, from the given event on or from now on. Without an event id the first event is a heartbeat with the
    /// position.
    /// </summary>
    IAsyncEnumerable<TaskEvent> FollowAll(string? lastEventId, CancellationToken cancellationToken);
}
