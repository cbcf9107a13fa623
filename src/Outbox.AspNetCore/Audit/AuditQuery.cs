namespace Messaging.Outbox.AspNetCore.Audit;

/// <summary>Which entries are meant.</summary>
internal sealed record AuditQuery : PageById
{
    /// <summary>Of this key alone.</summary>
    [Text(500)]
    public string? Who { get; init; }

    /// <summary>Of this action alone.</summary>
    [Text(500)]
    public string? Action { get; init; }

    /// <summary>Of this target alone.</summary>
    [Text(500)]
    public string? Target { get; init; }
}
