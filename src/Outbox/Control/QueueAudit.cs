using Messaging.Outbox.Audit;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Control;

/// <summary>Records changes of a queue in the audit log, in the transaction of the change.</summary>
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
