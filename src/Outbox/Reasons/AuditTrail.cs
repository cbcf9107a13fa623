using Messaging.Outbox.Audit;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Reasons;

/// <summary>
/// Finds the entry of an action by its time: both are written in one transaction with one time, and the id of an entry begins with it. So no index on what the
/// action changed is needed, and an action on many objects is found as well.
/// </summary>
internal sealed class AuditTrail(OutboxReader store)
{
    /// <summary>The maximum number of times that are looked up.</summary>
    public const int MaxTimes = 100;

    /// <returns>The entries by their time.</returns>
    public async Task<ILookup<DateTimeOffset, AuditEntry>> AtAsync(IEnumerable<DateTimeOffset> times, CancellationToken cancellationToken)
    {
        var milliseconds = times.Select(time => time.ToUnixTimeMilliseconds()).Distinct().Take(MaxTimes).ToList();
        if (milliseconds.Count == 0)
        {
            return Enumerable.Empty<AuditEntry>().ToLookup(entry => entry.At);
        }

        var filter = new SqlFilter();
        var ranges = milliseconds.Select(at =>
            $"id >= {filter.Parameter(Uuid7.LowerBound(DateTimeOffset.FromUnixTimeMilliseconds(at)))} AND id < {filter.Parameter(Uuid7.LowerBound(DateTimeOffset.FromUnixTimeMilliseconds(at + 1)))}").ToList();
        var entries = await store.QueryAsync(
            $"SELECT {AuditSql.Columns} FROM messaging.audit WHERE {string.Join(" OR ", ranges)} ORDER BY id LIMIT {MaxTimes * 10}",
            filter.Parameters,
            AuditSql.Read,
            cancellationToken);
        return entries.ToLookup(entry => entry.At);
    }
}
