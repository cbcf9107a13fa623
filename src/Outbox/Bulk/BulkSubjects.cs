namespace Messaging.Outbox.Bulk;

/// <summary>The subjects of bulk actions in a scope.</summary>
internal sealed class BulkSubjects(BulkTasks tasks, BulkDeadLetters deadLetters)
{
    public IBulkSubject Of(BulkSubject subject) => subject == BulkSubject.Tasks ? tasks : deadLetters;
}
