using Messaging.Outbox.Audit;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Queues;

/// <summary>Notes who did what to a queue, in the transaction that does it.</summary>
internal static class QueueAudit
{
    public static Task<int> InsertAsync(
        OutboxTransaction transaction,
        string who,
        string action,
        string queue,
        string? fromState,
        string? details,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        transaction.WriteAsync(AuditSql.Entry(now, who, action, queue, fromState, details), cancellationToken);
}
