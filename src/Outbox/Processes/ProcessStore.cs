using System.Data.Common;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Processes;

internal sealed class ProcessStore(IStoreQueries queries, IStoreTime clock, IOptions<OutboxOptions> options) : IProcessStore
{
    private readonly OutboxOptions _options = options.Value;

    public Task<IReadOnlyList<ProcessRecord>> ListAsync(CancellationToken cancellationToken = default) =>
        StoreDeadline.RunAsync(_options.CommitTimeout, ReadAsync, cancellationToken);

    private async Task<IReadOnlyList<ProcessRecord>> ReadAsync(CancellationToken cancellationToken)
    {
        var aliveSince = new StoreTime(await clock.NowAsync(cancellationToken) - _options.WorkerIsAliveFor);
        var processes = await queries.QueryAsync(
            """
            SELECT process, service, host, process_id, version, started_at, seen_at, dispatches, runs_schedules
            FROM messaging.processes WHERE seen_at > $1
            """,
            [aliveSince],
            ReadProcess,
            cancellationToken);
        var queues = (await queries.QueryAsync(
            "SELECT worker, queue, concurrency, in_flight, consumed, rate, running FROM messaging.queue_workers WHERE seen_at > $1 ORDER BY queue",
            [aliveSince],
            ReadQueue,
            cancellationToken)).ToLookup(q => q.Process, StringComparer.Ordinal);
        return
        [
            .. processes
                .Select(process => process with
                {
                    Queues = [.. queues[process.Name].Select(q => q.Queue)],
                    RunningTasks = [.. queues[process.Name].SelectMany(q => q.Running).Distinct()],
                })
                .OrderBy(process => process.Name, StringComparer.Ordinal),
        ];
    }

    private static ProcessRecord ReadProcess(DbDataReader reader) => new()
    {
        Name = reader.GetString(0),
        Service = reader.GetString(1),
        Host = reader.GetString(2),
        ProcessId = reader.GetInt32(3),
        Version = reader.GetString(4),
        StartedAt = reader.Time(5)!.Value,
        SeenAt = reader.Time(6)!.Value,
        Dispatches = reader.GetInt16(7) != 0,
        RunsSchedules = reader.GetInt16(8) != 0,
    };

    private static (string Process, ProcessQueue Queue, IReadOnlyList<Guid> Running) ReadQueue(DbDataReader reader) => (
        reader.GetString(0),
        new ProcessQueue(reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetDouble(5)),
        reader.IsDBNull(6) ? [] : [.. SentBatch.UnpackIds(reader.GetFieldValue<byte[]>(6))]);
}
