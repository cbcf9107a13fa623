using System.Text.Json;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Control;

internal sealed class QueueControl : IQueueControl
{
    private readonly UnitOfWork _unit;
    private readonly QueuePurge _purge;
    private readonly TimeProvider _time;

    internal QueueControl(UnitOfWork unit, QueuePurge purge, TimeProvider time)
    {
        _unit = unit;
        _purge = purge;
        _time = time;
    }

    public Task<QueueSettings?> PauseAsync(string name, string who, CancellationToken cancellationToken = default) =>
        SetPausedAsync(name, paused: true, who, cancellationToken);

    public Task<QueueSettings?> ResumeAsync(string name, string who, CancellationToken cancellationToken = default) =>
        SetPausedAsync(name, paused: false, who, cancellationToken);

    public Task<QueueSettings?> ChangeAsync(string name, QueueChange change, string who, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        var sets = Sets(change);
        return UpdateAsync(
            name,
            who,
            AuditActions.ChangeQueue,
            string.Join(", ", sets.Select((s, i) => $"{s.Column} = ${i + 3}")),
            string.Join(" OR ", sets.Select((s, i) => $"{s.Column} IS DISTINCT FROM ${i + 3}")),
            [.. sets.Select(s => s.Value)],
            before => JsonSerializer.Serialize(sets.Where(s => IsChanged(before, s.Column, s.Value)).ToDictionary(s => s.Column, s => s.Value)),
            cancellationToken);
    }

    public Task<PurgeResult> PurgeAsync(string name, int count, string who, CancellationToken cancellationToken = default) =>
        _purge.PurgeAsync(name, count, who, cancellationToken);

    private Task<QueueSettings?> SetPausedAsync(string name, bool paused, string who, CancellationToken cancellationToken) =>
        UpdateAsync(
            name, who, paused ? AuditActions.PauseQueue : "queue.resume", "paused = $3", "paused <> $3", [paused ? 1 : 0], details: null, cancellationToken);

    private Task<QueueSettings?> UpdateAsync(
        string name, string who, string action, string set, string where, object?[] values, Func<QueueSettings, string>? details, CancellationToken cancellationToken) =>
        _unit.InTransactionAsync(
            async transaction =>
            {
                var before = await ReadAsync(transaction, name, cancellationToken);
                if (before is null || values.Length == 0)
                {
                    return before;
                }

                var now = _time.GetUtcNow();
                var changed = await transaction.ExecuteAsync(
                    $"UPDATE messaging.queues SET {set}, updated_at = $2 WHERE name = $1 AND ({where})",
                    cancellationToken,
                    [name, new StoreTime(now), .. values]);
                if (changed == 0)
                {
                    return before;
                }

                var was = details is null ? (before.Paused ? "Paused" : "Running") : Describe(before);
                await transaction.WriteAsync(AuditSql.Entry(now, who, action, name, was, details?.Invoke(before)), cancellationToken);
                return await ReadAsync(transaction, name, cancellationToken);
            },
            cancellationToken);

    private static async Task<QueueSettings?> ReadAsync(OutboxTransaction transaction, string name, CancellationToken cancellationToken) =>
        (await transaction.QueryAsync(
            $"SELECT {QueueSettings.Columns} FROM messaging.queues WHERE name = $1", QueueSettings.Read, cancellationToken, name)).FirstOrDefault();

    /// <summary>Whether the entry names a column: who set a limit is the one who changed it last. What is read of a priority may be the workers' own.</summary>
    private static bool IsChanged(QueueSettings before, string column, object? value) => column switch
    {
        "concurrency" => !Equals(value, before.Concurrency),
        "rate_limit" => !Equals(value, before.RateLimit),
        _ => true,
    };

    private static string Describe(QueueSettings settings) => JsonSerializer.Serialize(
        new { concurrency = settings.Concurrency, rate_limit = settings.RateLimit, priority = (int)settings.Priority });

    private static List<(string Column, object? Value)> Sets(QueueChange change)
    {
        var sets = new List<(string, object?)>();
        if (change.Concurrency is { } concurrency)
        {
            Require(concurrency.Value is null or (>= 1 and <= QueueChange.MaxConcurrency), nameof(change.Concurrency));
            sets.Add(("concurrency", concurrency.Value));
        }

        if (change.RateLimit is { } rate)
        {
            Require(rate.Value is null or (>= QueueChange.MinRateLimit and <= QueueChange.MaxRateLimit), nameof(change.RateLimit));
            sets.Add(("rate_limit", rate.Value));
        }

        if (change.Priority is { } priority)
        {
            Require(priority.Value is not { } level || Enum.IsDefined(level), nameof(change.Priority));
            sets.Add(("priority", (int?)priority.Value));
        }

        return sets;

        static void Require(bool holds, string name)
        {
            if (!holds)
            {
                throw new ArgumentOutOfRangeException(name);
            }
        }
    }
}
