namespace Messaging.Contracts;

/// <summary>What is past its retention is to be deleted from the activity log. A schedule hands it on every night.</summary>
[TaskType]
public sealed record LogCleanUpDue;
