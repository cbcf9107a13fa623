using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Audit;

internal sealed class AuditLog(IOutboxStore store, IOptions<OutboxOptions> options) : IAuditLog
{
    public Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var (sql, parameters) = AuditSql.Select(filter);
        return StoreDeadline.RunAsync(
            options.Value.CommitTimeout, token => store.QueryAsync(sql, parameters, AuditSql.Read, token), cancellationToken);
    }
}
