namespace Messaging.Outbox.AspNetCore.Requests;

/// <summary>What happens to the tasks that wait for a task that finally ends.</summary>
internal sealed record SuccessorsQuery
{
    /// <summary>Cancel (default), or Keep, which leaves them Blocked.</summary>
    public Name<SuccessorPolicy>? Successors { get; init; }
}
