using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.Transport;

/// <summary>What a message needs besides its body to be sent later exactly as it would have been sent at once.</summary>
internal sealed record MessageMetadata
{
    public Guid? CorrelationId { get; init; }

    /// <summary>Null where the body says it (<see cref="EnvelopeOrigin"/>).</summary>
    public Guid? ConversationId { get; init; }

    public Guid? InitiatorId { get; init; }
    public Guid? RequestId { get; init; }

    /// <summary>Null where the body says it.</summary>
    public Uri? SourceAddress { get; init; }

    public Uri? ResponseAddress { get; init; }
    public Uri? FaultAddress { get; init; }
    public DateTime? ExpirationTime { get; init; }
    public required string[] MessageTypes { get; init; }

    /// <summary>Whether it has to reach a queue; a message that nobody is bound for is then set aside and not lost.</summary>
    public bool Mandatory { get; init; }

    public Dictionary<string, object>? Headers { get; init; }

    /// <summary>What the transport keeps of its own, such as a routing key or a priority.</summary>
    public Dictionary<string, object>? Properties { get; init; }

    /// <summary>Whether it can be sent as it is: nothing in it means more to a transport than what it says.</summary>
    [JsonIgnore]
    public bool IsPlain =>
        ResponseAddress is null && ExpirationTime is null && (Headers is null || Headers.Values.All(v => v is string or int or long or double));

    public string ToJson() => JsonSerializer.Serialize(this, MetadataJson.Default.MessageMetadata);

    public static MessageMetadata FromJson(string json) => JsonSerializer.Deserialize(json, MetadataJson.Default.MessageMetadata)!;

    /// <returns>Null for what cannot be read, as of a row that cannot be sent for that.</returns>
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

    /// <summary><c>urn:message:Messaging.Contracts:UserRegistered</c> is shown as <c>UserRegistered</c>.</summary>
    [return: NotNullIfNotNull(nameof(urn))]
    public static string? NameOf(string? urn) => urn?.Split(':')[^1];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    Converters = [typeof(HeaderValueConverter)])]
[JsonSerializable(typeof(MessageMetadata))]
internal sealed partial class MetadataJson : JsonSerializerContext;
