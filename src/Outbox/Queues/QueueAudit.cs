using System.Data.Common;
using Messaging.Outbox.Audit;

namespace Messaging.Outbox.Queues;

/// <summary>Notes who did what to a queue, in the transaction that does it.</summary>
internal static class QueueAudit
{
    public static Task<int> InsertAsync(
        DbTransaction transaction,
        string who,
        string action,
        string queue,
        string? fromState,
        string? details,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        transaction.WriteAsync(AuditSql.Entry(now, who, action, queue, fromState, details), cancellationToken);
}
