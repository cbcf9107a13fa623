using System.Text.Encodings.Web;
using System.Text.Json;

namespace Messaging.Outbox.Store;

/// <summary>JSON as it is kept in a column of text.</summary>
internal static class JsonText
{
    /// <summary>Escapes what JSON wants escaped and nothing else: a quote is 2 characters and not 6. What is written so is never part of a web page.</summary>
    public static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
