namespace Messaging.Contracts;

/// <summary>
/// What is cached of a user may be old: every API process is to read it anew. A worker tells them, by a <see cref="ProfileChanged"/>. To be handed on
/// where somebody waits for it, as a task that has others before or after it, or after a change by hand.
/// </summary>
[TaskType]
public sealed record CacheRefreshRequested
{
    /// <summary>Whose profile it is.</summary>
    public required Guid UserId { get; init; }
}
