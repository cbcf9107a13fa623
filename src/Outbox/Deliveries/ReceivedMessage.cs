using System.Globalization;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Deliveries;

/// <summary>A delivery as its transport provides it, before its body is deserialized.</summary>
internal abstract class ReceivedMessage
{
    private OutsideMessage? _outside;

    /// <summary>The address of the queue that the delivery comes from.</summary>
    public abstract Uri InputAddress { get; }

    /// <summary>The content type of the body, with its parameters.</summary>
    public abstract string? ContentType { get; }

    /// <summary>The content type without parameters.</summary>
    public abstract string? MediaType { get; }

    public abstract ReadOnlyMemory<byte> Body { get; }

    /// <summary>Cancelled when the endpoint stops or the channel closes.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>The name of the queue that the delivery comes from.</summary>
    public string Queue => field ??= ConsumerRegistry.QueueOf(InputAddress);

    /// <summary>
    /// The outbox row of the delivery, for a transport without its own storage. For a broker the header is ignored: otherwise a
    /// sender could name any row, which would count as finished and never be sent.
    /// </summary>
    public long? OutboxId => InMemoryAddress.Is(InputAddress) ? HeaderNumber(OutboxHeaders.OutboxId) : null;

    /// <summary>The message's id in the transport.</summary>
    public Guid? MessageId => HeaderGuid(WireHeaders.MessageId);

    /// <summary>The message's types, the most specific first.</summary>
    public IReadOnlyList<string> MessageTypes => Envelope.Read(MediaType, Body).TypesOr(HeaderText(WireHeaders.MessageType));

    /// <summary>How many times it was delivered before without an outcome, because the worker died or lost its connection.</summary>
    public long UnfinishedDeliveries => HeaderNumber(OutboxHeaders.DeliveryCount) ?? 0;

    /// <summary>The progress of the delivery through the policies.</summary>
    public DeliveryProgress Progress => field ??= new DeliveryProgress(this);

    /// <summary>Set for a message that was accepted from outside.</summary>
    public OutsideMessage? Outside => _outside ?? (HeaderGuid(OutboxHeaders.Outside) is { } id ? new OutsideMessage(id, HasOwnHeaders: true) : null);

    /// <summary>
    /// Whether the delivery carries the headers of another message. A task's id is that of its message; if they differ, an
    /// endpoint without the outbox has copied the headers of the message that it consumed.
    /// </summary>
    public bool HasForeignTask =>
        HeaderGuid(OutboxHeaders.TaskId) is { } task
        && HeaderGuid(WireHeaders.MessageId) is { } message
        && task != message
        && task != HeaderGuid(WireHeaders.OriginalMessageId);

    /// <summary>Marks the message as one from outside: its own claims about task and attempts are ignored from now on.</summary>
    public void MarkOutside() => _outside ??= OutsideMessage.Of(this);

    /// <summary>
    /// All headers as strings. Transports present their properties as headers too; if a sender's header has the name of a
    /// property, the sender's value is used, as in a lookup by name.
    /// </summary>
    public Dictionary<string, string> HeaderTexts()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Headers())
        {
            texts[name] = Messaging.Outbox.Transport.HeaderText.Of(value);
        }

        return texts;
    }

    public string? HeaderText(string name) => TryGetHeader(name, out var value) ? Messaging.Outbox.Transport.HeaderText.Of(value) : null;

    public long? HeaderNumber(string name) => long.TryParse(HeaderText(name), CultureInfo.InvariantCulture, out var number) ? number : null;

    public Guid? HeaderGuid(string name) => Guid.TryParse(HeaderText(name), out var id) ? id : null;

    protected abstract bool TryGetHeader(string name, out object? value);

    /// <summary>All headers that have a value.</summary>
    protected abstract IEnumerable<KeyValuePair<string, object>> Headers();
}
