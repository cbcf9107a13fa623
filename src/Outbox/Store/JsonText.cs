using System.Text.Json;

namespace Messaging.Outbox.Store;

/// <summary>JSON as it is kept in a column of text.</summary>
internal static class JsonText
{
    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
