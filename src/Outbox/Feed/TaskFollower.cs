using System.Threading.Channels;

namespace Messaging.Outbox.Feed;

/// <summary>Follows one task. A newer event replaces one that was not read yet.</summary>
internal sealed class TaskFollower : Follower
{
    public TaskFollower(Guid id, string version)
        : base(new BoundedChannelOptions(capacity: 1) { FullMode = BoundedChannelFullMode.DropOldest }) => (Id, EventId) = (id, version);

    public Guid Id { get; }

    public static bool HasEnded(TaskRecord task) => task.State is TaskState.Succeeded or TaskState.Failed or TaskState.Cancelled;

    /// <param name="task">The task's current state; null if its row was deleted.</param>
    public void Notify(TaskEvent? task)
    {
        if (task is not null && task.EventId != EventId)
        {
            TryWrite([task]);
            EventId = task.EventId;
        }

        if (task is null || HasEnded(task.Task!))
        {
            End();
        }
    }
}
