namespace Messaging.Outbox.Rows;

/// <summary>Which states end a task. An operator can still bring it back: redrive it, or retry it.</summary>
internal static class TaskStates
{
    /// <summary>The states in which a task has ended.</summary>
    public static readonly IReadOnlyList<TaskState> Ended = [TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled];

    /// <summary>The other ones.</summary>
    public static readonly IReadOnlyList<TaskState> Open = [.. Enum.GetValues<TaskState>().Except(Ended)];

    /// <summary><see cref="Ended"/> for an <c>IN</c>.</summary>
    public static readonly string EndedSql = Sql(Ended);

    /// <summary><see cref="Open"/> for an <c>IN</c>.</summary>
    public static readonly string OpenSql = Sql(Open);

    /// <summary>The open states of a task that waits for others, for an <c>IN</c>.</summary>
    public static readonly string WaitingSql = Sql([TaskState.Waiting, TaskState.Blocked]);

    /// <summary>The open states of a task that waits for no other, so that a consumer may have its message, for an <c>IN</c>.</summary>
    public static readonly string ActiveSql = Sql([TaskState.Queued, TaskState.Running, TaskState.Retrying, TaskState.Scheduled]);

    extension(TaskState state)
    {
        /// <summary>Whether it is one of <see cref="Ended"/>.</summary>
        public bool HasEnded => Ended.Contains(state);
    }

    /// <summary>States as the numbers that the tables have, separated by commas.</summary>
    public static string Sql(IEnumerable<TaskState> states) => string.Join(", ", states.Select(state => (int)state));
}
