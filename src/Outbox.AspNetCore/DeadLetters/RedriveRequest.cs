using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary>How a message is sent again: edited, by a replacement for the message or for its body, and to which queue.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class RedriveRequest : IValidatableObject
{
    /// <summary>A message that replaces the one in the original envelope.</summary>
    [JsonConverter(typeof(StorableJson))]
    public JsonElement? Message { get; init; }

    /// <summary>A complete body, for a message whose envelope cannot be read.</summary>
    public string? Body { get; init; }

    /// <summary>Another queue to which it is sent. Default: its own.</summary>
    [Text(200)]
    public string? Queue { get; init; }

    /// <summary>Whether an edited message is sent although this process does not know its type, so that nobody checks it. Default: it is refused.</summary>
    public bool Unchecked { get; init; }

    public DeadLetterEdit? ToEdit() =>
        Message is { } message ? DeadLetterEdit.Message(message, Unchecked) : Body is { } body ? DeadLetterEdit.Body(body, Unchecked) : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        (Message, Body) switch
        {
            (not null, not null) => [new("excludes 'body': one of them is enough.", ["message"])],
            ({ ValueKind: not JsonValueKind.Object }, _) => [new("must be an object.", ["message"])],
            (_, { } body) when body.Contains('\0', StringComparison.Ordinal) => [new("contains the character U+0000, which cannot be stored.", ["body"])],
            _ => [],
        };
}
