namespace Messaging.Outbox.Transport;

/// <summary>Knows which queue takes a message, and how urgent that is.</summary>
internal sealed class QueueDirectory(ConsumerRegistry consumers)
{
    public (string? Queue, QueuePriority Priority) Find(IReadOnlyCollection<string> messageTypes, Uri destination)
    {
        var queues = consumers.Queues();
        var addressed = ConsumerRegistry.QueueOf(destination);
        var queue = queues.Contains(addressed)
            ? addressed
            : queues.FirstOrDefault(q => q.Any(messageTypes.Contains))?.Key;
        return (queue, QueuePriority.Normal);
    }
}
