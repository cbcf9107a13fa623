using Messaging.Outbox.Inbox;

namespace Messaging.Outbox.SharedTasks;

/// <summary>One consumer's part in a task that several consume.</summary>
/// <param name="ConsumerId">As in the inbox; null for an outcome that is no consumer's own.</param>
/// <param name="Queue">The queue that it consumes.</param>
/// <param name="Expected">All that have to be done.</param>
internal sealed record TaskShare(Guid? ConsumerId, string Queue, ExpectedConsumers Expected)
{
    /// <summary>Queues that are not waited for any more. Default: none.</summary>
    public Func<string, bool>? IsGone { get; init; }

    /// <summary>In place of a consumer where a delivery was given up, which is one for all consumers of its queue.</summary>
    public static Guid DeadLetteredOn(string queue) => DerivedId.Of($"#given-up {queue}");
}
