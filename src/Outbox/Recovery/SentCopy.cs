using Messaging.Outbox.Queues;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Recovery;

/// <summary>
/// A message of a batch, and the queues that may have it: each queue that takes a published message has a copy of its own, which
/// is consumed, deferred and lost by itself.
/// </summary>
internal sealed class SentCopy
{
    private readonly QueueDirectory _directory;
    private readonly ExpectedConsumers? _expected;
    private readonly HashSet<string> _queues;
    private readonly int _sentTo;
    private bool _isInDoubt;

    private SentCopy(QueueDirectory directory, long batch, OutboxMessage message, OpenTask task, ExpectedConsumers? expected, IReadOnlyCollection<string> sentTo)
    {
        (_directory, Batch, Message, Task, _expected, _sentTo) = (directory, batch, message, task, expected, sentTo.Count);
        _queues = new HashSet<string>(sentTo, StringComparer.Ordinal);
    }

    public long Batch { get; }

    public OutboxMessage Message { get; }

    public OpenTask Task { get; }

    /// <summary>The queues that may have it, and of which it is not known that they have ended it or got it again. Without any it is not lost.</summary>
    public IReadOnlyCollection<string> Queues => _queues;

    /// <summary>Whether the batch need not keep it: no queue has to end it any more, or other copies of the message count.</summary>
    public bool IsSettled => _queues.Count == 0 && !_isInDoubt;

    public static SentCopy Of(QueueDirectory directory, long batch, OutboxMessage message, OpenTask task)
    {
        var metadata = MessageMetadata.FromJson(message.Metadata);
        var expected = task.Shares?.Expected
            ?? ExpectedConsumers.Parse(metadata.Headers?.GetValueOrDefault(OutboxHeaders.Consumers) is { } header ? HeaderText.Of(header) : null)
            ?? ExpectedConsumers.Parse(directory.FindConsumers(metadata.MessageTypes, message.Destination));
        if (expected is null)
        {
            var queue = task.Queue ?? directory.Find(metadata.MessageTypes, new Uri(message.Destination)).Queue ?? message.Queue;
            return new SentCopy(directory, batch, message, task, expected, queue is null ? [] : [queue]) { _isInDoubt = queue is null };
        }

        var name = QueueAddress.NameOf(message.Destination);
        var copy = new SentCopy(
            directory, batch, message, task, expected, expected.Queues.Contains(name) ? [name] : directory.IsQueue(name) ? [] : [.. expected.Queues]);
        copy.Leave(task.Shares);
        copy._isInDoubt = copy._queues.RemoveWhere(directory.IsGone) > 0; // until the sweep of shared tasks ends it without them, or they are back
        return copy;
    }

    /// <summary>Leaves out the queues whose consumers have ended it.</summary>
    public void Leave(TaskShares? shares)
    {
        if (shares is not null)
        {
            _queues.IntersectWith(shares.Left);
        }
    }

    /// <summary>The message is in the outbox, or was sent later, to this destination: that copy counts, and not this one.</summary>
    public void IsAlso(string destination)
    {
        var name = QueueAddress.NameOf(destination);
        if (_expected is null || (!_expected.Queues.Contains(name) && !_directory.IsQueue(name)))
        {
            _queues.Clear();
        }

        _queues.Remove(name);
    }

    /// <summary>The rows of the outbox that send it again: as it was, unless some of the queues that had it need it no more.</summary>
    public IEnumerable<StagedMessage> Again()
    {
        var metadata = MessageMetadata.FromJson(Message.Metadata);
        if (_expected is null || _queues.Count == _sentTo)
        {
            var (queue, priority) = _directory.Find(metadata.MessageTypes, new Uri(Message.Destination));
            return [RowTo(Message.Destination, Message.Metadata, queue ?? Message.Queue, priority)];
        }

        var addressed = metadata.WithoutFormerRoute() with
        {
            Headers = new Dictionary<string, object>(metadata.Headers ?? [], StringComparer.Ordinal) { [OutboxHeaders.Consumers] = _expected.ToString() },
        };
        return _queues.Order(StringComparer.Ordinal).Select(queue => RowTo(QueueAddress.Beside(Message.Destination, queue), addressed.ToJson(), queue, _directory.PriorityOf(queue)));
    }

    private StagedMessage RowTo(string destination, string metadata, string? queue, QueuePriority priority) => new()
    {
        MessageId = Message.MessageId,
        Destination = destination,
        ContentType = Message.ContentType,
        Content = MessageContent.Of(TraceContext.AsCauseIn(metadata), Message.Body),
        Queue = queue,
        Priority = priority,
    };
}
