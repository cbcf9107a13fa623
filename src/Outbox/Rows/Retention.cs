namespace Messaging.Outbox.Rows;

/// <summary>Rows older than these moments may go.</summary>
internal sealed record Retention(
    DateTimeOffset Inbox,
    DateTimeOffset SucceededTasks,
    DateTimeOffset FailedTasks,
    DateTimeOffset CancelledTasks,
    DateTimeOffset DeadLetters,
    DateTimeOffset Audit,
    DateTimeOffset IdempotencyAnswers,
    int Limit = 1_000);
