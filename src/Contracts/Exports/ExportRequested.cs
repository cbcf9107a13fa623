using Messaging.Outbox;

namespace Messaging.Contracts;

/// <summary>
/// Requests a CSV file of the activity log. A worker writes it in parts; each part continues where the previous one ended.
/// </summary>
public sealed record ExportRequested
{
    /// <summary>The id of the export's row.</summary>
    [SearchKey]
    public required Guid ExportId { get; init; }

    /// <summary>Exports entries from this time on. Default: from the oldest entry.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exports entries before this time.</summary>
    public required DateTimeOffset Before { get; init; }
}
