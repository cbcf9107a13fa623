namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>The response: the tasks are stored and will be executed.</summary>
/// <param name="TaskId">The id of the task; follow it at <c>/tasks/{taskId}</c>. With <c>unique</c> it may be a task that was already waiting.</param>
/// <param name="TaskIds">The tasks of <c>then</c>, in order.</param>
internal sealed record TasksAccepted(Guid TaskId, IReadOnlyList<Guid> TaskIds);
