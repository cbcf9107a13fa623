using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.Transport;

/// <summary>The data besides the body that is needed to send a message later exactly as it would have been sent at once.</summary>
internal sealed record MessageMetadata
{
    public Guid? CorrelationId { get; init; }

    /// <summary>Null if the body contains it (<see cref="EnvelopeOrigin"/>).</summary>
    public Guid? ConversationId { get; init; }

    public Guid? InitiatorId { get; init; }
    public Guid? RequestId { get; init; }

    /// <summary>Null if the body contains it.</summary>
    public Uri? SourceAddress { get; init; }

    public Uri? ResponseAddress { get; init; }
    public Uri? FaultAddress { get; init; }
    public DateTime? ExpirationTime { get; init; }
    public required string[] MessageTypes { get; init; }

    /// <summary>Whether it must reach a queue: if no queue takes it, sending is retried, and the message is not dropped.</summary>
    public bool Mandatory { get; init; }

    public Dictionary<string, object>? Headers { get; init; }

    /// <summary>Properties of the transport, such as a routing key or a priority.</summary>
    public Dictionary<string, object>? Properties { get; init; }

    /// <summary>Whether it can use the fast lane: nothing in it needs a translation by the transport.</summary>
    [JsonIgnore]
    public bool IsPlain =>
        ResponseAddress is null && ExpirationTime is null && (Headers is null || Headers.Values.All(v => v is string or int or long or double));

    public string ToJson() => JsonSerializer.Serialize(this, MetadataJson.Default.MessageMetadata);

    public static MessageMetadata FromJson(string json) => JsonSerializer.Deserialize(json, MetadataJson.Default.MessageMetadata)!;

    /// <returns>Null if the JSON cannot be read; such a row cannot be sent.</returns>
    public static MessageMetadata? TryFromJson(string json)
    {
        try
        {
            return FromJson(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// The short name of a type: <c>urn:message:Messaging.Contracts:UserRegistered</c> gives <c>UserRegistered</c>, and <c>urn:message:Shop:Changed[[Shop:Order]]</c>
    /// gives <c>Changed&lt;Order&gt;</c>.
    /// </summary>
    [return: NotNullIfNotNull(nameof(urn))]
    public static string? NameOf(string? urn) =>
        urn is null || !urn.Contains("[[", StringComparison.Ordinal) ? urn?.Split(':')[^1]
        : string.Join('[', urn.Split('[').Select(part => part.Split(':')[^1]))
            .Replace("],[", ",", StringComparison.Ordinal).Replace("[[", "<", StringComparison.Ordinal).Replace("]]", ">", StringComparison.Ordinal);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    Converters = [typeof(HeaderValueConverter)])]
[JsonSerializable(typeof(MessageMetadata))]
internal sealed partial class MetadataJson : JsonSerializerContext;
