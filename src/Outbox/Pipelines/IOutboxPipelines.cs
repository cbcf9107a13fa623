namespace Messaging.Outbox;

/// <summary>The pipelines of this process's endpoints, as they are configured.</summary>
public interface IOutboxPipelines
{
    /// <summary>One for each queue with the outbox, in the order of their names.</summary>
    IReadOnlyList<OutboxPipeline> All { get; }

    /// <returns>The pipeline of a queue; null when it has none.</returns>
    OutboxPipeline? Find(string queue);
}
