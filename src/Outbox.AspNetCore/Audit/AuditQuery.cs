namespace Messaging.Outbox.AspNetCore.Audit;

/// <summary>The filter of audit entries.</summary>
internal sealed record AuditQuery : PageById
{
    /// <summary>Only entries of this key.</summary>
    [Text(500)]
    public string? Who { get; init; }

    /// <summary>Only entries of this action.</summary>
    [Text(500)]
    public string? Action { get; init; }

    /// <summary>Only entries of this target.</summary>
    [Text(500)]
    public string? Target { get; init; }

    /// <summary>Only entries of this time or later.</summary>
    public Moment? From { get; init; }

    /// <summary>Only entries before this time.</summary>
    public Moment? Before { get; init; }
}
