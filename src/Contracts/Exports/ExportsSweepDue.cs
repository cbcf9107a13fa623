namespace Messaging.Contracts;

/// <summary>Exports that are past their retention, and files that belong to none, are to be deleted. Handed on by a schedule.</summary>
[TaskType]
public sealed record ExportsSweepDue;
