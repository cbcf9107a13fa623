namespace Messaging.Outbox;

/// <summary>No worker has reported a queue of this name, so nothing can be sent to it.</summary>
public sealed class UnknownQueueException : Exception
{
    internal UnknownQueueException(string queue, string? nearest)
        : base($"No worker has reported a queue {queue}.{(nearest is null ? "" : $" Is it {nearest}?")}") => Nearest = nearest;

    /// <summary>The known queue whose name is most similar; null if none is.</summary>
    public string? Nearest { get; }
}
