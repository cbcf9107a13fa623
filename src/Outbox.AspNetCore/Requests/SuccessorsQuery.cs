namespace Messaging.Outbox.AspNetCore.Requests;

/// <summary>What happens to the successors of a task that is cancelled or dropped.</summary>
internal sealed record SuccessorsQuery
{
    /// <summary>What happens to the tasks that wait for this one: Cancel (default), or Keep, which leaves them Blocked.</summary>
    public Name<SuccessorPolicy>? Successors { get; init; }
}
