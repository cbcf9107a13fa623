using Messaging.Outbox;

namespace Messaging.Contracts;

/// <summary>
/// Requests that all API processes drop what they have cached of a user. A worker publishes <see cref="ProfileChanged"/> for it.
/// Enqueue it where the refresh has to be a task: to link it with other tasks, or after a manual change in the database.
/// </summary>
[TaskType]
public sealed record CacheRefreshRequested
{
    /// <summary>The id of the user.</summary>
    [SearchKey]
    public required Guid UserId { get; init; }
}
