namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Metadata of a route that has the headers.</summary>
internal sealed class SafeHeaders
{
    public static readonly SafeHeaders Instance = new();

    private SafeHeaders()
    {
    }
}
