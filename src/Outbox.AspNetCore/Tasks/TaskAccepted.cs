using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore;

/// <summary>The response to a request that enqueues a task: the task is stored and will be executed.</summary>
/// <param name="TaskId">The id of the task; follow it at <c>/tasks/{taskId}</c>.</param>
public sealed record TaskAccepted(Guid TaskId)
{
    /// <summary>202 with the task's address.</summary>
    public static Accepted<TaskAccepted> At(Guid taskId) => TypedResults.Accepted($"/tasks/{taskId}", new TaskAccepted(taskId));
}
