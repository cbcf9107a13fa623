using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Stores;

/// <summary>What every store has to do, whatever its dialect: a suite for each of its subjects.</summary>
public abstract class OutboxStoreSuite : StoreSuite
{
    private protected StoreSeams Store => UnderTest.Store;

    private protected async Task<Guid> QueueTaskAsync(Guid? after = null)
    {
        var message = Work.Message() with { TaskKind = "T" };
        if (after is { } predecessor)
        {
            message = message with { Options = new StagingOptions { Id = message.MessageId, Predecessors = [new() { Id = predecessor }] } };
        }

        await CommitAsync(Work.With(message));
        return message.MessageId;
    }

    private protected async Task<TaskRecord?> FindTaskAsync(Guid id) => (await Store.Queries.QueryAsync(
        $"SELECT {TaskReader.Columns} FROM messaging.tasks WHERE id = $1", [id], TaskReader.Read, default)).FirstOrDefault();

    private protected Task<bool[]> CommitAsync(params StagedWork[] group) => Store.Commits.CommitAsync(group, lockWait: null, default);

    private protected Task<IOutboxClaim> ClaimAsync() => Store.Outbox.ClaimAsync(100, null, default);
}
