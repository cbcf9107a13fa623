namespace Messaging.Contracts;

/// <summary>An upload was processed. A worker sees to it that of all processed uploads of its name only the newest one stays.</summary>
public sealed record UploadReplaced
{
    /// <summary>The upload's id.</summary>
    public required Guid UploadId { get; init; }
}
