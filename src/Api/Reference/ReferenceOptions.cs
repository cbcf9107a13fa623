namespace Messaging.Api.Reference;

/// <summary>Who may read what the API says of itself; section <c>Reference</c>.</summary>
internal sealed class ReferenceOptions
{
    /// <summary>Who gets <c>/openapi/v1.json</c> and <c>/scalar</c>. Default <see cref="ReferenceAccess.Open"/>.</summary>
    public ReferenceAccess Access { get; set; } = ReferenceAccess.Open;
}

internal enum ReferenceAccess
{
    /// <summary>Anybody.</summary>
    Open,

    /// <summary>Who has a key with any role; a browser cannot send one, so the page is for tools then.</summary>
    Keyed,

    /// <summary>Nobody: both are a 404.</summary>
    Off,
}
