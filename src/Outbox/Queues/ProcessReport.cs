using Messaging.Outbox.Store;

namespace Messaging.Outbox.Queues;

/// <summary>What this process says about itself beside its queues, and how it writes that.</summary>
internal sealed class ProcessReport(ServiceIdentity service, OutboxOptions options, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private DateTimeOffset? _startedAt;
    private long? _cleanedAt;

    /// <summary>Writes the process's row, and from time to time deletes those of dead processes.</summary>
    public async Task WriteAsync(OutboxTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _startedAt ??= now - time.GetElapsedTime(_started);
        await transaction.ExecuteAsync(
            """
            INSERT INTO messaging.processes (process, service, host, process_id, version, started_at, seen_at, dispatches, runs_schedules)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (process) DO UPDATE SET service = excluded.service, version = excluded.version, started_at = excluded.started_at,
                seen_at = excluded.seen_at, dispatches = excluded.dispatches, runs_schedules = excluded.runs_schedules
            """,
            cancellationToken,
            service.Instance,
            service.Name,
            Environment.MachineName,
            Environment.ProcessId,
            service.Version,
            new StoreTime(_startedAt.Value),
            new StoreTime(now),
            options.Dispatch ? 1 : 0,
            options.RunSchedules ? 1 : 0);
        if (_cleanedAt is not { } cleaned || time.GetElapsedTime(cleaned) >= QueueAgentSql.Kept)
        {
            await transaction.ExecuteAsync("DELETE FROM messaging.processes WHERE seen_at < $1", cancellationToken, new StoreTime(now - QueueAgentSql.Kept));
            _cleanedAt = time.GetTimestamp();
        }
    }

    /// <summary>Deletes the row when the process ends, so that others need not wait until it expires.</summary>
    public Task LeaveAsync(OutboxTransaction transaction, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("DELETE FROM messaging.processes WHERE process = $1", cancellationToken, service.Instance);
}
