namespace Messaging.Outbox.Rows;

/// <summary>The times before which rows can be deleted, by table.</summary>
internal sealed record Retention(
    DateTimeOffset Inbox,
    DateTimeOffset SucceededTasks,
    DateTimeOffset FailedTasks,
    DateTimeOffset CancelledTasks,
    DateTimeOffset DeadLetters,
    DateTimeOffset Audit,
    DateTimeOffset IdempotencyAnswers,
    int Limit = 1_000);
