namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>The answer: the tasks are stored, and will be done.</summary>
/// <param name="TaskId">Follow it under <c>/tasks/{taskId}</c>. With <c>unique</c> it may be one that waited already.</param>
/// <param name="TaskIds">The tasks of <c>then</c>, in order.</param>
internal sealed record TasksAccepted(Guid TaskId, IReadOnlyList<Guid> TaskIds);
