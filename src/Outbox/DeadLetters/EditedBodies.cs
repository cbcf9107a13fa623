using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.DeadLetters;

/// <summary>Applies what an operator has edited to the body of a message that is redriven, and checks it as its type (docs/decisions/0056).</summary>
internal sealed class EditedBodies(MessageTypes types, IBusMessages? bus = null)
{
    private readonly Lazy<JsonSerializerOptions> _options = new(() => MessageReading.Strict(bus?.Json ?? PayloadJson.Reading)); // after the bus is configured

    /// <param name="edit">The message within the envelope, or the whole body.</param>
    /// <param name="old">The body that is redriven.</param>
    /// <exception cref="EditedMessageException">It is not one of its type.</exception>
    /// <exception cref="UncheckedEditException">This process does not know the type, and the edit does not allow that.</exception>
    /// <exception cref="DeadLetterEditException">There is no message to replace, because the envelope cannot be read.</exception>
    public EditedBody Apply(BodyEdit edit, TransitBody old) => edit.IsWhole ? ApplyBody(edit, old) : ApplyMessage(edit, old);

    private EditedBody ApplyMessage(BodyEdit edit, TransitBody old)
    {
        var root = old.Root ?? throw new DeadLetterEditException();
        var before = old.IsEnvelope ? root["message"] : root;
        var (message, isChecked) = Check(edit, old.Types, EditedMessage.Parse(edit.Text), before);
        if (!old.IsEnvelope)
        {
            return new EditedBody(BytesOf(message), isChecked);
        }

        root["message"] = message;
        return new EditedBody(BytesOf(root), isChecked);
    }

    private EditedBody ApplyBody(BodyEdit edit, TransitBody old)
    {
        if (!old.IsJson)
        {
            // Nobody but its serializer can say what it is; it might take the replacement for a value.
            return edit.Text.Contains(PayloadJson.Replacement, StringComparison.Ordinal) ? throw new DeadLetterEditException($"is no JSON, and has '{PayloadJson.Replacement}' in place of a value: set it.")
                : edit.AllowsUnchecked ? new EditedBody(Encoding.UTF8.GetBytes(edit.Text), IsChecked: false)
                : throw new UncheckedEditException(type: null);
        }

        var body = EditedMessage.Parse(edit.Text);
        if (!old.IsEnvelope)
        {
            var (whole, isWholeChecked) = Check(edit, old.Types, body, old.Root);
            return new EditedBody(BytesOf(whole), isWholeChecked);
        }

        var names = Envelope.Read(Envelope.ContentType, Encoding.UTF8.GetBytes(edit.Text)).MessageTypes;
        if (names.Count == 0 || body["message"] is not JsonObject message)
        {
            throw new EditedMessageException("is no envelope, so that nobody could read it: it needs 'messageType', a list of names, and 'message', an object.");
        }

        body.Remove("message");
        if (!RedactedValues.TryRestore(body, old.Root))
        {
            throw new EditedMessageException($"has '{PayloadJson.Replacement}' where the body that is redriven has no value: set it.");
        }

        EditedMessage.ThrowIfPartlyReplaced(body, old.Root);
        var (edited, isChecked) = Within("message", () => Check(edit, names, message, old.Root?["message"]));
        body["message"] = edited;
        return new EditedBody(BytesOf(body), isChecked);
    }

    private (JsonObject Message, bool IsChecked) Check(BodyEdit edit, IReadOnlyList<string> names, JsonObject message, JsonNode? before)
    {
        var type = names.Count == 0 ? null : types.FindByWireName(names[0]);
        return type is null && !edit.AllowsUnchecked
            ? throw new UncheckedEditException(MessageMetadata.NameOf(names.FirstOrDefault()))
            : (EditedMessage.OfTransit(type, message, before, _options.Value), type is not null);
    }

    private static T Within<T>(string member, Func<T> check)
    {
        try
        {
            return check();
        }
        catch (EditedMessageException exception)
        {
            throw new EditedMessageException([.. exception.Problems.SelectMany(p => p.Value, (p, problem) => (p.Key.Length == 0 ? member : MessagePath.Of(member, p.Key), problem))]);
        }
    }

    private static byte[] BytesOf(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString(JsonText.Relaxed));
}

/// <summary>What an operator has edited.</summary>
/// <param name="Text">A message, or a whole body.</param>
/// <param name="IsWhole">Whether it is the whole body.</param>
/// <param name="AllowsUnchecked">Whether it may be sent although this process does not know the type.</param>
internal readonly record struct BodyEdit(string Text, bool IsWhole, bool AllowsUnchecked);

/// <summary>The body that takes the place of the old one, and whether it was checked as its type.</summary>
internal readonly record struct EditedBody(byte[] Bytes, bool IsChecked);
