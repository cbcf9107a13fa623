using System.Text.Json;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>What is kept of the message of a task.</summary>
/// <param name="State">Kept, NotKept, TooLarge, Sensitive; or Hidden, if the caller may not see it.</param>
/// <param name="Bytes">The size of its JSON in bytes.</param>
/// <param name="Type">The full name of the message type.</param>
/// <param name="Redacted">The paths of the properties whose values are replaced.</param>
/// <param name="Message">The message.</param>
internal sealed record PayloadView(string State, int? Bytes = null, string? Type = null, IReadOnlyList<string>? Redacted = null, JsonElement? Message = null)
{
    private const string Hidden = "Hidden";

    public static PayloadView Of(TaskPayload payload, bool isSeen) => isSeen
        ? new PayloadView(payload.State.ToString(), payload.Bytes, payload.Type, payload.Redacted, payload.Message)
        : new PayloadView(Hidden);
}
