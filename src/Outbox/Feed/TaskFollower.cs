using System.Threading.Channels;

namespace Messaging.Outbox.Feed;

/// <summary>Follows one task. A newer event replaces one that was not read yet.</summary>
internal sealed class TaskFollower : Follower
{
    public TaskFollower(Guid id, string version)
        : base(new BoundedChannelOptions(capacity: 1) { FullMode = BoundedChannelFullMode.DropOldest }) => (Id, EventId) = (id, version);

    public Guid Id { get; }

    /// <param name="task">The task's current state; null if its row was deleted.</param>
    public void Notify(TaskEvent? task)
    {
        if (task is not null && task.EventId != EventId)
        {
            TryWrite([task]);
            EventId = task.EventId;
        }

        if (task is null || task.Task!.State.HasEnded)
        {
            End();
        }
    }
}
