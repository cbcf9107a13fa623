using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Uploads;

/// <summary>The filter of uploads.</summary>
internal sealed record ListUploadsQuery : PageById
{
    /// <summary>Only the versions of this name.</summary>
    [Text(UploadBody.MaxName)]
    public string? Name { get; init; }
}
