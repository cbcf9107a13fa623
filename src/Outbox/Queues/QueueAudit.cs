using System.Data.Common;
using Messaging.Outbox.Store;

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
        transaction.ExecuteAsync(
            "INSERT INTO audit (id, at, who, action, target, from_state, details) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            cancellationToken,
            Guid.CreateVersion7(now),
            new StoreTime(now),
            who,
            action,
            queue,
            fromState,
            details);
}
