namespace Messaging.Outbox;

/// <summary>Reads what is kept of the messages of tasks (docs/decisions/0050).</summary>
public interface ITaskPayloads
{
    /// <summary>The payload and the search keys of a task.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.</exception>
    Task<TaskPayload> FindAsync(TaskRecord task, CancellationToken cancellationToken = default);
}
