using System.Security.Cryptography;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Signing;

/// <summary>Signs messages that are sent, and verifies messages that are received, with the keys of <see cref="SigningOptions"/>.</summary>
internal sealed class MessageSigner(IOptions<OutboxOptions> options, QueueDirectory queues)
{
    /// <summary>The version of the header's format, <c>1;key;mac;destination</c>.</summary>
    private const string Version = "1";

    private readonly SigningOptions _options = options.Value.Signing;
    private readonly (string Id, byte[] Key)[] _keys = [.. options.Value.Signing.Keys.Select(k => (k.Id, SigningKeys.Read(k)))];

    /// <summary>Whether there are keys.</summary>
    public bool IsOn => _keys.Length > 0;

    /// <summary>Whether messages without a signature are refused.</summary>
    public bool IsRequired => IsOn && _options.Required;

    /// <returns>The value of the signature header.</returns>
    public string Sign(OutboxMessage row, IEnumerable<KeyValuePair<string, object>>? headers)
    {
        var destination = NameOf(row.Destination);
        var (id, key) = _keys[0];
        Span<byte> mac = stackalloc byte[SignedMessage.MacSize];
        new SignedMessage(row.MessageId, destination, row.ContentType, SignedHeaders.Of(headers), row.Body).Sign(key, mac);
        return $"{Version};{id};{Convert.ToBase64String(mac)};{destination}";
    }

    /// <param name="message">The delivery.</param>
    /// <param name="queue">The queue to which it was sent.</param>
    /// <returns>Why it is refused; null if a dispatcher with one of the keys sent it.</returns>
    public Refusal? Check(ReceivedMessage message, string queue) =>
        message.HeaderText(OutboxHeaders.Signature) is { } signature
            ? Check(signature, message.MessageId, message.ContentType, SignedHeaders.OfDelivery(message), message.Body, queue)
            : Refusal.NoSignature;

    /// <param name="message">A message that was taken from its queue without being consumed.</param>
    /// <param name="queue">The queue to which it was sent.</param>
    /// <returns>Why it is refused; null if a dispatcher with one of the keys sent it.</returns>
    public Refusal? Check(TakenMessage message, string queue) =>
        SignedHeaders.OfDelivery(message.Headers, out var signature) is var headers && signature is not null
            ? Check(signature, Guid.TryParse(message.MessageId, out var id) ? id : null, message.ContentType, headers, message.Body, queue)
            : Refusal.NoSignature;

    /// <summary>Whether the message is accepted without a signature, as a message from outside.</summary>
    public bool IsAcceptedUnsigned(ReceivedMessage message, string queue) => IsAcceptedUnsigned(queue, () => message.MessageTypes);

    /// <summary>The same for a message that was taken from its queue.</summary>
    public bool IsAcceptedUnsigned(TakenMessage message, string queue) => IsAcceptedUnsigned(queue, message.MessageTypes);

    private bool IsAcceptedUnsigned(string queue, Func<IReadOnlyList<string>> typesOf)
    {
        if (_options.AcceptUnsigned.Count == 0 || _options.AcceptUnsigned.Contains(queue))
        {
            return _options.AcceptUnsigned.Count > 0;
        }

        // All types must be accepted: a sender can list any, and a consumer takes the message by any of them.
        var types = typesOf();
        return types.Count > 0 && types.All(t => _options.AcceptUnsigned.Contains(t.StartsWith(WireHeaders.TypePrefix, StringComparison.Ordinal) ? t[WireHeaders.TypePrefix.Length..] : t));
    }

    private Refusal? Check(string signature, Guid? messageId, string? contentType, string?[] headers, ReadOnlyMemory<byte> body, string queue)
    {
        if (signature.Split(';', 4) is not [Version, var id, var text, var destination] || messageId is null)
        {
            return Refusal.Forged("Its signature cannot be read.");
        }

        var key = Array.Find(_keys, k => string.Equals(k.Id, id, StringComparison.Ordinal)).Key;
        if (key is null)
        {
            return Refusal.Forged("It is signed with a key that is not among Outbox:Signing:Keys.");
        }

        Span<byte> mac = stackalloc byte[SignedMessage.MacSize];
        Span<byte> given = stackalloc byte[SignedMessage.MacSize];
        new SignedMessage(messageId.Value, destination, contentType, headers, body).Sign(key, mac);
        if (!Convert.TryFromBase64String(text, given, out var length) || !CryptographicOperations.FixedTimeEquals(mac, given[..length]))
        {
            return Refusal.Forged("Its signature does not match its content.");
        }

        return !string.Equals(destination, queue, StringComparison.Ordinal) && queues.IsQueue(destination)
            ? Refusal.Forged("It was sent to another queue.")
            : null;
    }

    private static string NameOf(string destination)
    {
        var end = destination.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? destination.AsSpan() : destination.AsSpan(0, end);
        return path[(path.LastIndexOf('/') + 1)..].ToString();
    }
}
