using Messaging.Outbox.Store;

namespace Messaging.Outbox.Audit;

internal sealed class AuditLog(OutboxReader store) : IAuditLog
{
    public Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var (sql, parameters) = AuditSql.Select(filter);
        return store.QueryAsync(sql, parameters, AuditSql.Read, cancellationToken);
    }

    public Task<Page<AuditEntry>> PageAsync(AuditFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return AuditSql.Plan(filter).PageAsync(store, AuditSql.Columns, AuditSql.Read, filter.Before, filter.Limit, cancellationToken);
    }

    public async Task<AuditEntry?> FindAsync(Guid id, CancellationToken cancellationToken = default) =>
        (await store.QueryAsync(AuditSql.SelectOne, [id], AuditSql.Read, cancellationToken)).FirstOrDefault();
}
