using System.Globalization;
using System.Text;
using MassTransit;

namespace Messaging.Outbox.Transport;

/// <summary>Reads what a transport says of a delivery.</summary>
internal static class TransportHeaderExtensions
{
    public static string? HeaderText(this ReceiveContext context, string header) =>
        context.TransportHeaders.TryGetHeader(header, out var value) ? AsText(value) : null;

    /// <summary>
    /// All of them. A transport tells its properties as headers, too, so a sender's header may have the name of one: then it is the sender's, as when it
    /// is looked up by its name.
    /// </summary>
    public static Dictionary<string, string> HeaderTexts(this ReceiveContext context)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in context.TransportHeaders.GetAll().Where(h => h.Value is not null))
        {
            texts[name] = AsText(value);
        }

        return texts;
    }

    public static long? HeaderNumber(this ReceiveContext context, string header) =>
        long.TryParse(context.HeaderText(header), CultureInfo.InvariantCulture, out var number) ? number : null;

    public static Guid? HeaderGuid(this ReceiveContext context, string header) =>
        Guid.TryParse(context.HeaderText(header), out var id) ? id : null;

    /// <summary>The message's id, as its transport has it.</summary>
    public static Guid? MessageId(this ReceiveContext context) => context.HeaderGuid(MessageHeaders.MessageId) ?? context.HeaderGuid("MessageId");

    /// <summary>The types that a message names, its own first, read without deserializing it.</summary>
    public static IReadOnlyList<string> MessageTypes(this ReceiveContext context) =>
        MessageTypes(Envelope.Read(context.ContentType?.MediaType, context.GetBody()), context.HeaderText(MessageHeaders.MessageType));

    /// <summary>The same of a message that was taken off its queue.</summary>
    public static IReadOnlyList<string> MessageTypes(this TakenMessage message)
    {
        var header = message.Headers.FirstOrDefault(h => string.Equals(h.Key, MessageHeaders.MessageType, StringComparison.Ordinal)).Value;
        return MessageTypes(Envelope.Read(message.ContentType, message.Body.ToArray()), header is null ? null : AsText(header));
    }

    private static IReadOnlyList<string> MessageTypes(Envelope envelope, string? header) =>
        envelope.MessageTypes is { Count: > 0 } types ? types : header?.Split(';') ?? [];

    /// <summary>
    /// The row of the outbox that the delivery comes from, over a transport without a memory of its own. A broker has none, whatever somebody writes
    /// into the header: the row would be taken for done with, and never sent.
    /// </summary>
    public static long? OutboxId(this ReceiveContext context) =>
        MessageSender.IsInMemory(context.InputAddress) ? context.HeaderNumber(OutboxHeaders.OutboxId) : null;

    /// <summary>
    /// Whether the delivery has the headers of another message. A task's id is its message's: where it is not, an endpoint without the outbox
    /// has copied the headers of what it consumed.
    /// </summary>
    public static bool HasForeignTask(this ReceiveContext context) =>
        context.HeaderGuid(OutboxHeaders.TaskId) is { } task
        && context.HeaderGuid(MessageHeaders.MessageId) is { } message
        && task != message
        && task != context.HeaderGuid(MessageHeaders.OriginalMessageId);

    /// <summary>The queue that the delivery came from.</summary>
    public static string QueueName(this ReceiveContext context) => context.InputAddress.AbsolutePath.Split('/')[^1];

    public static string AsText(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };
}
