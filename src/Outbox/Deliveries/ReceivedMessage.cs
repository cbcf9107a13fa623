using System.Globalization;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Deliveries;

/// <summary>A delivery as its transport gives it, before anybody has deserialized its body.</summary>
internal abstract class ReceivedMessage
{
    private OutsideMessage? _outside;

    /// <summary>The address of the queue that it comes from.</summary>
    public abstract Uri InputAddress { get; }

    /// <summary>The content type of the body, with its parameters.</summary>
    public abstract string? ContentType { get; }

    /// <summary>The same without parameters.</summary>
    public abstract string? MediaType { get; }

    public abstract ReadOnlyMemory<byte> Body { get; }

    /// <summary>Ends with the delivery: the endpoint stops, or the channel is closed.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>The queue that it comes from.</summary>
    public string Queue => field ??= ConsumerRegistry.QueueOf(InputAddress);

    /// <summary>
    /// The row of the outbox that the delivery comes from, over a transport without a memory of its own. A broker has none, whatever somebody writes
    /// into the header: the row would be taken for done with, and never sent.
    /// </summary>
    public long? OutboxId => InMemoryAddress.Is(InputAddress) ? HeaderNumber(OutboxHeaders.OutboxId) : null;

    /// <summary>The message's id, as its transport has it.</summary>
    public Guid? MessageId => HeaderGuid(WireHeaders.MessageId);

    /// <summary>The types that it names, its own first.</summary>
    public IReadOnlyList<string> MessageTypes => Envelope.Read(MediaType, Body).TypesOr(HeaderText(WireHeaders.MessageType));

    /// <summary>How often it was delivered before without an outcome: its worker died, or lost its connection.</summary>
    public long UnfinishedDeliveries => HeaderNumber(OutboxHeaders.DeliveryCount) ?? 0;

    /// <summary>What is known of it while it goes through the policies.</summary>
    public DeliveryProgress Progress => field ??= new DeliveryProgress(this);

    /// <summary>Set for a message that was accepted from outside.</summary>
    public OutsideMessage? Outside => _outside ?? (HeaderGuid(OutboxHeaders.Outside) is { } id ? new OutsideMessage(id, HasOwnHeaders: true) : null);

    /// <summary>
    /// Whether the delivery has the headers of another message. A task's id is its message's: where it is not, an endpoint without the outbox
    /// has copied the headers of what it consumed.
    /// </summary>
    public bool HasForeignTask =>
        HeaderGuid(OutboxHeaders.TaskId) is { } task
        && HeaderGuid(WireHeaders.MessageId) is { } message
        && task != message
        && task != HeaderGuid(WireHeaders.OriginalMessageId);

    /// <summary>Nothing that it says of itself counts from now on.</summary>
    public void MarkOutside() => _outside ??= OutsideMessage.Of(this);

    /// <summary>
    /// All headers. A transport tells its properties as headers, too, so a sender's header may have the name of one: then it is the sender's, as when it
    /// is looked up by its name.
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

    /// <summary>Those that have a value.</summary>
    protected abstract IEnumerable<KeyValuePair<string, object>> Headers();
}
