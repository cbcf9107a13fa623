using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Payloads;

/// <summary>The JSON of payloads: the form in which <c>POST /tasks</c> takes a message.</summary>
internal static class PayloadJson
{
    /// <summary>Takes the place of the value of a property that is redacted.</summary>
    public const string Replacement = "[redacted]";

    /// <summary>Writes a payload, without the values of redacted properties.</summary>
    public static readonly JsonSerializerOptions Writing = new(JsonSerializerDefaults.Web)
    {
        Converters = { new EnumNameConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it is never part of a page
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RedactedProperties.Replace } },
    };

    /// <summary>
    /// Reads a payload that this service has written: also members that callers cannot set. Members that the type has lost since are
    /// ignored, as they are in a message that was delivered late.
    /// </summary>
    public static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web)
    {
        Converters = { new EnumNameConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };
}
