using Messaging.Outbox;

namespace Messaging.Contracts;

/// <summary>A file was uploaded and stored. A worker computes its checksum and, for an image, makes a thumbnail.</summary>
public sealed record UploadReceived
{
    /// <summary>The upload's id, a UUIDv7.</summary>
    [SearchKey]
    public required Guid UploadId { get; init; }
}
