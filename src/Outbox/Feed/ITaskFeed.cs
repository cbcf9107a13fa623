namespace Messaging.Outbox;

/// <summary>A task as it has become. Its id is where to go on after a broken stream.</summary>
/// <param name="EventId">For <c>Last-Event-ID</c>.</param>
/// <param name="Task">The task; null for a sign of life.</param>
/// <param name="Lagged">Changes were passed over: too many at once, too long ago, or more than this follower took in time.</param>
public sealed record TaskEvent(string EventId, TaskRecord? Task, bool Lagged = false);

/// <summary>
/// Follows tasks as they change. What is told is the state that a task has come to, at least once; states that it left again
/// between two polls (<see cref="OutboxOptions.EventInterval"/>) are passed over. Nothing is written for it: the rows of the inbox
/// are a journal of what happened to messages, in the transactions in which it happened. All followers of a process share its polls:
/// any number costs the database what one costs. How many there may be is for the caller to say.
/// </summary>
public interface ITaskFeed
{
    /// <summary>The id of the event that tells this state of a task.</summary>
    string EventIdOf(TaskRecord task);

    /// <summary>Follows one task to its end.</summary>
    /// <param name="task">The task as it was just read; it is the first event.</param>
    /// <param name="lastEventId">The id of the latest event that is known; when it is the first one's, that is left out.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    IAsyncEnumerable<TaskEvent> Follow(TaskRecord task, string? lastEventId, CancellationToken cancellationToken);

    /// <summary>
    /// Follows all tasks: from what followed on an event, or else from now on; then the first event is a sign of life, which says since when.
    /// </summary>
    IAsyncEnumerable<TaskEvent> FollowAll(string? lastEventId, CancellationToken cancellationToken);
}
