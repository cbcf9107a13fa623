using Messaging.Outbox;

namespace Messaging.Contracts;

/// <summary>An upload was processed. A worker keeps only the newest processed upload of each name.</summary>
public sealed record UploadReplaced
{
    /// <summary>The upload's id.</summary>
    [SearchKey]
    public required Guid UploadId { get; init; }
}
