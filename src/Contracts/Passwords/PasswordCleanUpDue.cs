namespace Messaging.Contracts;

/// <summary>Links that have expired, and what counts against no limit any more, are to be deleted. A schedule hands it on.</summary>
[TaskType]
public sealed record PasswordCleanUpDue;
