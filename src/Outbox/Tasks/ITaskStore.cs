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
        var found = await StoreDeadline.RunAsync(
            options.Value.CommitTimeout,
            token => store.QueryAsync($"SELECT {TaskReader.Columns} FROM tasks WHERE id = $1", [id], TaskReader.Read, token),
            cancellationToken);
        return found.FirstOrDefault();
    }
}
