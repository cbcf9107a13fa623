using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

/// <summary>Frees the key of a unique task when a consumer begins with it: from then on another one may wait.</summary>
internal sealed class UniqueTasks(GroupCommitter committer, IOutboxStore store)
{
    public async Task ReleaseAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        var work = new StagedWork();
        foreach (var delivery in deliveries.Where(d => d.Progress.UniqueKey is not null && d.TaskId is not null))
        {
            work.Commands.Add(new StagedCommand(
                store.Names.In("DELETE FROM messaging.unique_tasks WHERE key = $1 AND task_id = $2"), [delivery.Progress.UniqueKey, delivery.TaskId]));
        }

        if (!work.IsEmpty)
        {
            await committer.CommitWhenPossibleAsync(work, cancellationToken);
        }
    }
}
