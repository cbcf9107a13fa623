namespace Messaging.Contracts;

/// <summary>Requests the deletion of activity log entries past their retention. A schedule enqueues it every night.</summary>
[TaskType]
public sealed record LogCleanUpDue;
