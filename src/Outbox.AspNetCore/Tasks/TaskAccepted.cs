using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore;

/// <summary>The answer of whatever hands work on: it is stored, and will be done.</summary>
/// <param name="TaskId">Follow it under <c>/tasks/{taskId}</c>.</param>
public sealed record TaskAccepted(Guid TaskId)
{
    /// <summary>202 with the task's address.</summary>
    public static Accepted<TaskAccepted> At(Guid taskId) => TypedResults.Accepted($"/tasks/{taskId}", new TaskAccepted(taskId));
}
