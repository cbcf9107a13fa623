namespace Messaging.Outbox.Audit;

/// <summary>Actions whose entries are read again, to say who did something: who writes such an entry and who looks for it name it alike.</summary>
internal static class AuditActions
{
    public const string AddTask = "task.add", CancelTask = "task.cancel", RetryTask = "task.retry";

    public const string PauseQueue = "queue.pause", ChangeQueue = "queue.change", PurgeQueue = "queue.purge";

    /// <summary>One step of a bulk action; its details have the action and the ids of what was changed.</summary>
    public const string BulkStep = "bulk-action.step";

    /// <summary>What the actions do that may end a task before it was done.</summary>
    public static readonly IReadOnlyList<string> Cancelling = ["cancel", "drop", "purge"];
}
