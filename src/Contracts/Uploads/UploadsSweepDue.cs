namespace Messaging.Contracts;

/// <summary>
/// Requests a comparison of all rows of uploads with their files: deletes files and rows that nothing refers to, and uploads past
/// their retention.
/// </summary>
[TaskType]
public sealed record UploadsSweepDue
{
    /// <summary>
    /// Continues after this upload; null starts with the first one. A sweep with many changes enqueues another one for the rest.
    /// </summary>
    public Guid? After { get; init; }
}
