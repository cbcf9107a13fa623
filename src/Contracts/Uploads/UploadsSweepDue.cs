namespace Messaging.Contracts;

/// <summary>
/// It is time to compare the rows of all uploads with their files, to delete what nothing refers to, and what is past its retention.
/// </summary>
[TaskType]
public sealed record UploadsSweepDue
{
    /// <summary>Go on after this upload; null begins with the first one. A sweep that has a lot to do hands its rest on.</summary>
    public Guid? After { get; init; }
}
