using System.Data.Common;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Audit;

/// <summary>Notes who did what, in the transaction in which it is done.</summary>
internal static class AuditSql
{
    public static Task<int> WriteAsync(
        DbTransaction transaction,
        DateTimeOffset at,
        string who,
        string action,
        string target,
        string? fromState,
        string? details,
        CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "INSERT INTO audit (id, at, who, action, target, from_state, details) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            cancellationToken,
            Guid.CreateVersion7(),
            new StoreTime(at),
            who,
            action,
            target,
            fromState,
            details);
}
