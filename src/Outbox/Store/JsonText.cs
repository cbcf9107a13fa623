using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.Store;

/// <summary>JSON as it is stored in a text column.</summary>
internal static class JsonText
{
    /// <summary>Escapes only what JSON requires: a quote takes 2 characters instead of 6. The result is never part of a web page.</summary>
    public static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Filters and details of what operators do: without what is null, and with the names of enums.</summary>
    public static readonly JsonSerializerOptions Named = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
