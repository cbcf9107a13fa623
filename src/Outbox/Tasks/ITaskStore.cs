using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary>Reads what is known of tasks.</summary>
public interface ITaskStore
{
    /// <summary>The task, or null when there is none, or its retention is over.</summary>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.
    /// </exception>
    Task<TaskRecord?> FindAsync(Guid id, CancellationToken cancellationToken = default);
}

internal sealed class TaskStore(IOutboxStore store, IOptions<OutboxOptions> options) : ITaskStore
{
    public async Task<TaskRecord?> FindAsync(Guid id, CancellationToken cancellationToken = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.CommitTimeout);
        try
        {
            var found = await store.QueryAsync(
                $"SELECT {TaskReader.Columns} FROM tasks WHERE id = $1", [id], TaskReader.Read, deadline.Token).WaitAsync(deadline.Token);
            return found.FirstOrDefault();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException("The database did not answer in time.");
        }
    }
}
