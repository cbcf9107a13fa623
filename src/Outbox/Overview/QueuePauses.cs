using Messaging.Outbox.Audit;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Overview;

/// <summary>
/// Who paused the queues that are paused, from the newest entry of the audit log: it is right whichever process and version wrote it, and the index
/// of its target finds it (docs/decisions/0052).
/// </summary>
internal static class QueuePauses
{
    private static readonly string Select =
        $"""
        SELECT target, who, at FROM messaging.audit WHERE id IN (
            SELECT {AuditSql.NewestPause("id", "q")} FROM messaging.queues AS q WHERE q.paused = 1)
        """;

    /// <returns>By the name of the queue; without those whose entry is past its retention.</returns>
    public static async Task<IReadOnlyDictionary<string, AuditMark>> ReadAsync(OutboxReader store, CancellationToken cancellationToken) =>
        (await store.QueryAsync(Select, [], r => (Queue: r.GetString(0), Pause: new AuditMark(r.GetString(1), r.Time(2)!.Value)), cancellationToken))
            .ToDictionary(p => p.Queue, p => p.Pause, StringComparer.Ordinal);
}
