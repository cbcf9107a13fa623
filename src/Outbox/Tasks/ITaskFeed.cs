namespace Messaging.Outbox;

/// <summary>A task as it has become. Its id is where to go on after a broken stream.</summary>
/// <param name="EventId">For <c>Last-Event-ID</c>.</param>
/// <param name="Task">The task; null for a sign of life.</param>
/// <param name="Lagged">More changed at once than one look takes in: the oldest of it were passed over.</param>
public sealed record TaskEvent(string EventId, TaskRecord? Task, bool Lagged = false);

/// <summary>
/// Follows tasks as they change. What is told is the state that a task has come to, at least once; states that it left again
/// between two looks (<see cref="OutboxOptions.EventInterval"/>) are passed over. Nothing is written for it: the rows of the inbox
/// are a journal of what happened to messages, in the transactions in which it happened.
/// </summary>
public interface ITaskFeed
{
    /// <summary>The id of the event that tells this state of a task.</summary>
    string EventIdOf(TaskRecord task);

    /// <summary>Follows one task to its end. With the id of its latest event, it begins with the next one.</summary>
    /// <returns>Null when this process serves too many streams.</returns>
    IAsyncEnumerable<TaskEvent>? Follow(Guid id, string? lastEventId, CancellationToken cancellationToken);

    /// <summary>Follows all tasks: from now on, or from what followed on an event.</summary>
    /// <returns>Null when this process serves too many streams.</returns>
    IAsyncEnumerable<TaskEvent>? FollowAll(string? lastEventId, CancellationToken cancellationToken);
}
