namespace Messaging.ServiceDefaults.Reference;

/// <summary>Who may read the API reference; section <c>Reference</c>.</summary>
public sealed class ReferenceOptions
{
    /// <summary>Who may read <c>/openapi/v1.json</c> and <c>/scalar</c>. Default <see cref="ReferenceAccess.Open"/>.</summary>
    public ReferenceAccess Access { get; set; } = ReferenceAccess.Open;
}

public enum ReferenceAccess
{
    /// <summary>All callers.</summary>
    Open,

    /// <summary>Callers with a key of any role; a browser cannot send one, so this is for tools only.</summary>
    Keyed,

    /// <summary>No caller: both return 404.</summary>
    Off,
}
