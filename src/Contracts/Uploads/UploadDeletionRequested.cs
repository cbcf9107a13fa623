namespace Messaging.Contracts;

/// <summary>Uploads are to be deleted. A worker deletes the files of those that are marked as being deleted, and then their rows.</summary>
public sealed record UploadDeletionRequested
{
    /// <summary>Their ids; at most 100.</summary>
    public required IReadOnlyList<Guid> UploadIds { get; init; }
}
