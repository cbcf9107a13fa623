using System.Text.Json;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>What is kept of the message of a task.</summary>
/// <param name="State">Kept, NotKept, TooLarge, Sensitive; or Hidden, if the caller may not see it.</param>
/// <param name="Bytes">The size of its JSON in bytes.</param>
/// <param name="Type">The full name of the message type.</param>
/// <param name="Redacted">The paths of the properties whose values are replaced.</param>
/// <param name="Message">The message.</param>
/// <param name="IsEditable">Whether it can be run again with an edited message.</param>
/// <param name="CannotRunAgain">Why it cannot be run again, whatever is given; null if it can.</param>
internal sealed record PayloadView(
    string State, int? Bytes = null, string? Type = null, IReadOnlyList<string>? Redacted = null, JsonElement? Message = null, bool IsEditable = false, string? CannotRunAgain = null)
{
    private const string Hidden = "Hidden";

    public static PayloadView Of(TaskPayload payload, bool isSeen) => isSeen
        ? new PayloadView(payload.State.ToString(), payload.Bytes, payload.Type, payload.Redacted, payload.Message, payload.IsEditable, payload.CannotRunAgain)
        : new PayloadView(Hidden);
}
