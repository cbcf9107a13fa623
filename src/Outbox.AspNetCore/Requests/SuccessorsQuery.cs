namespace Messaging.Outbox.AspNetCore.Requests;

/// <summary>What becomes of the tasks that come after one that ends for good.</summary>
internal sealed record SuccessorsQuery
{
    /// <summary>Cancel, the default, or Keep, which leaves them Blocked.</summary>
    public Name<SuccessorPolicy>? Successors { get; init; }
}
