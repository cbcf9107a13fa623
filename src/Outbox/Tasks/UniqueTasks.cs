using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

/// <summary>Releases the key of a unique task when a consumer starts it: from then on another task with the key may wait.</summary>
internal sealed class UniqueTasks(GroupCommitter committer, ISqlDialect dialect)
{
    public Task ReleaseAsync(Guid task, string key, CancellationToken cancellationToken)
    {
        var work = new StagedWork();
        work.Commands.Add(new StagedCommand(dialect.Names.In("DELETE FROM messaging.unique_tasks WHERE key = $1 AND task_id = $2"), [key, task]));
        return committer.CommitWhenPossibleAsync(work, cancellationToken);
    }
}
