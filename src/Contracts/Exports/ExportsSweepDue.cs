namespace Messaging.Contracts;

/// <summary>Requests the deletion of exports past their retention and of files that belong to no export. Enqueued by a schedule.</summary>
[TaskType]
public sealed record ExportsSweepDue;
