namespace Messaging.Contracts;

/// <summary>
/// Requests the deletion of uploads. A worker deletes the files of the uploads that are marked as being deleted, and then their
/// rows.
/// </summary>
public sealed record UploadDeletionRequested
{
    /// <summary>The ids of the uploads; at most 100.</summary>
    public required IReadOnlyList<Guid> UploadIds { get; init; }
}
