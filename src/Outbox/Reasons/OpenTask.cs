namespace Messaging.Outbox.Reasons;

/// <summary>A task that is due and has not ended, with all that is known about its message.</summary>
internal sealed record OpenTask(TaskRecord Task)
{
    /// <summary>The queue that it is examined on; null if it is not known.</summary>
    public string? Queue { get; init; }

    /// <summary>The status of that queue; null if no worker has reported it.</summary>
    public QueueStatus? Status { get; init; }

    public QueueDepth? Depth { get; init; }

    /// <summary>Its row of the outbox, if it was found.</summary>
    public OutboxRow? Row { get; init; }

    /// <summary>When its isolated execution began, if that is the latest step of its message.</summary>
    public DateTimeOffset? IsolatedSince { get; init; }

    /// <summary>What is to be said before anything else: that its worker is gone, or some of its consumers are done.</summary>
    public string Before { get; init; } = "";

    /// <summary>How far the due rows of its queue were looked through, if its row was nowhere else.</summary>
    public RowSearch Search { get; init; }

    /// <summary>The number of messages that wait in its queue, in a sentence.</summary>
    public string Waiting => Depth is null ? "" : $"; {Depth.InWords} {(Depth.Total == 1 ? "waits" : "wait")} in it";

    public string QueueName => Queue is null ? "its queue" : $"queue {Queue}";
}
