using System.Threading.Channels;

namespace Messaging.Outbox.Feed;

/// <summary>Follows one task. What it has not taken yet is replaced by what the task has become since.</summary>
internal sealed class TaskFollower : Follower
{
    public TaskFollower(Guid id, string version)
        : base(new BoundedChannelOptions(capacity: 1) { FullMode = BoundedChannelFullMode.DropOldest }) => (Id, EventId) = (id, version);

    public Guid Id { get; }

    public static bool HasEnded(TaskRecord task) => task.State is TaskState.Succeeded or TaskState.Failed or TaskState.Cancelled;

    /// <param name="task">The task as it is; null when its row is gone.</param>
    public void Tell(TaskEvent? task)
    {
        if (task is not null && task.EventId != EventId)
        {
            TryTell([task]);
            EventId = task.EventId;
        }

        if (task is null || HasEnded(task.Task!))
        {
            End();
        }
    }
}
