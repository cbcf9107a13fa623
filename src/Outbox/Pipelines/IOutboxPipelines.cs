namespace Messaging.Outbox;

/// <summary>The pipelines of this process's endpoints, as they are configured.</summary>
public interface IOutboxPipelines
{
    /// <summary>The pipelines of the queues with the outbox, ordered by name.</summary>
    IReadOnlyList<OutboxPipeline> All { get; }

    /// <returns>The pipeline of a queue; null if it has none.</returns>
    OutboxPipeline? Find(string queue);
}
