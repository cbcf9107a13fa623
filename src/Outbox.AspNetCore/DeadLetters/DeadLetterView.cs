using System.Text.Json;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary>A dead letter with its headers and body, as far as the caller may see them.</summary>
/// <param name="DeadLetter">The dead letter as in a list.</param>
/// <param name="BodyState">
/// Shown; Hidden, if the caller may not see messages, or nobody can say where a redacted value is; or Sensitive, by its type.
/// </param>
/// <param name="Headers">The headers; without a body, only those that the bus and the outbox set.</param>
/// <param name="ContentType">The media type of the body.</param>
/// <param name="Body">The body as text; null if it is not shown.</param>
/// <param name="EditedBody">The body that a redrive sent instead.</param>
/// <param name="Redacted">The paths of the properties whose values are replaced.</param>
/// <param name="StackTrace">The stack trace of the exception, for a key that may operate; null if there was no exception.</param>
/// <param name="IsTypeKnown">Whether this process knows its type, so that an edit is checked; else it is refused, unless it is sent with 'unchecked'.</param>
/// <param name="Queues">The queues with a consumer for it, by name, to which it can be redriven; all of them if nothing of the message says its type.</param>
internal sealed record DeadLetterView(
    DeadLetterRecord DeadLetter,
    string BodyState,
    JsonElement Headers,
    string ContentType,
    string? Body,
    string? EditedBody,
    IReadOnlyList<string> Redacted,
    string? StackTrace,
    bool IsTypeKnown,
    IReadOnlyList<string> Queues);

/// <summary>Decides what a caller sees of a dead letter.</summary>
internal sealed class DeadLetterViews(TransitBodies bodies, RedriveQueues queues)
{
    private const string Shown = "Shown", Hidden = "Hidden", Sensitive = "Sensitive", BusPrefix = "MT-";

    public async Task<DeadLetterView> OfAsync(DeadLetterDetails letter, HttpContext http, CancellationToken cancellationToken)
    {
        var redacted = bodies.RedactedOf(letter.MessageTypes);
        var isSensitive = bodies.IsSensitive(letter.MessageTypes, letter.DeadLetter.MessageType);
        var isSeen = http.SeesPayloads() && !isSensitive;
        var body = isSeen ? TransitBodies.Without(redacted, letter.Body) : null;
        var seesTraces = CallerKey.Of(http)?.Has(AccessRoles.Operate) == true;
        return new DeadLetterView(
            letter.DeadLetter,
            body is not null ? Shown : http.SeesPayloads() && isSensitive ? Sensitive : Hidden,
            Headers(letter.Headers, hasOwn: body is not null, seesTraces),
            letter.ContentType,
            body,
            isSeen && letter.EditedBody is { } edited ? TransitBodies.Without(redacted, edited) : null,
            redacted,
            seesTraces ? letter.StackTrace : null,
            bodies.TypeOf(letter.MessageTypes) is not null,
            await queues.OfAsync(letter.MessageTypes, cancellationToken));
    }

    /// <summary>The headers, without the stack trace that MassTransit puts into one, and without the application's own.</summary>
    private static JsonElement Headers(JsonElement headers, bool hasOwn, bool seesTraces) => JsonSerializer.SerializeToElement(
        headers.EnumerateObject()
            .Where(h => hasOwn || OutboxHeaders.IsOwn(h.Name) || h.Name.StartsWith(BusPrefix, StringComparison.Ordinal))
            .Where(h => seesTraces || h.Name != WireHeaders.FaultStackTrace)
            .ToDictionary(h => h.Name, h => h.Value, StringComparer.Ordinal));
}
