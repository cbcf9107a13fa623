namespace Messaging.Contracts;

/// <summary>Requests the deletion of expired links and of mail grants that no longer count. Enqueued by a schedule.</summary>
[TaskType]
public sealed record PasswordCleanUpDue;
