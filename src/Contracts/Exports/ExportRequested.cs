namespace Messaging.Contracts;

/// <summary>The activity log is to be written to a CSV file. A worker does so in parts, each from where the one before it ended.</summary>
public sealed record ExportRequested
{
    /// <summary>The export's row.</summary>
    public required Guid ExportId { get; init; }

    /// <summary>Entries from this time on. Default: from the oldest.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Entries before this time.</summary>
    public required DateTimeOffset Before { get; init; }
}
