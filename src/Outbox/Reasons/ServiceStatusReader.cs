using System.Data.Common;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Feed;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Reasons;

/// <summary>Reads the status of the service in three statements, at most once a second for all callers.</summary>
internal sealed class ServiceStatusReader : ISharedReadings
{
    private readonly IStoreQueries _queries;
    private readonly QueueEndpoints _endpoints;
    private readonly OutboxOptions _options;
    private readonly StoreClock _time;
    private readonly SharedReading<ServiceStatus> _shared;

    public ServiceStatusReader(IStoreQueries queries, QueueEndpoints endpoints, IOptions<OutboxOptions> options, StoreClock time, IHostApplicationLifetime? lifetime = null)
    {
        (_queries, _endpoints, _options, _time) = (queries, endpoints, options.Value, time);
        _shared = new SharedReading<ServiceStatus>(
            token => StoreDeadline.RunAsync(_options.CommitTimeout, ReadAsync, token),
            time,
            lifetime?.ApplicationStopping ?? CancellationToken.None,
            longest: SharedReading<ServiceStatus>.Interval); // a pause that an operator ends has to be seen soon
    }

    public Task<ServiceStatus> GetAsync(CancellationToken cancellationToken) => _shared.GetAsync(cancellationToken);

    public void Forget() => _shared.Forget();

    private async Task<ServiceStatus> ReadAsync(CancellationToken cancellationToken)
    {
        var aliveSince = _time.GetUtcNow() - _options.WorkerIsAliveFor;
        var processes = await _queries.QueryAsync(
            "SELECT process, dispatches FROM messaging.processes WHERE seen_at > $1",
            [new StoreTime(aliveSince)],
            reader => (Name: reader.GetString(0), Dispatches: reader.GetInt16(1) != 0),
            cancellationToken);
        var heartbeats = (await QueueSql.HeartbeatsAsync(_queries, aliveSince, cancellationToken))
            .Select(h => (Heartbeat: _endpoints.WithCurrentFigures(h.Heartbeat), h.SeenAt)).ToLookup(h => h.Heartbeat.Queue, StringComparer.Ordinal);
        var queues = await _queries.QueryAsync(SelectQueues, [], ReadQueue, cancellationToken);

        // This process may be too new, or without the right, to be among those that have reported.
        var dispatchers = processes.Count(p => p.Dispatches && p.Name != WorkerName.Value) + (_options.Dispatch ? 1 : 0);
        return new ServiceStatus(
            processes.Select(p => p.Name).Concat(heartbeats.SelectMany(queue => queue.Select(h => h.Heartbeat.Worker))).ToHashSet(StringComparer.Ordinal),
            dispatchers,
            queues.ToDictionary(q => q.Name, q => With(q, [.. heartbeats[q.Name]]), StringComparer.Ordinal));
    }

    private static QueueStatus With(QueueStatus queue, List<(Heartbeat Heartbeat, DateTimeOffset SeenAt)> consumers) => queue with
    {
        Workers = consumers.Count,
        Slots = consumers.Sum(c => c.Heartbeat.Concurrency),
        InFlight = consumers.Sum(c => c.Heartbeat.InFlight),
        Rate = consumers.Sum(c => c.Heartbeat.Rate),
        ReportedAt = consumers.Count == 0 ? null : consumers.Min(c => c.SeenAt),
    };

    private static readonly string SelectQueues =
        $"""
        SELECT {QueueSettings.Columns}, seen_at, {AuditSql.NewestPause("who", "queues")}, {AuditSql.NewestPause("at", "queues")}, {Limited("who")}, {Limited("at")} FROM messaging.queues AS queues
        """;

    private static string Limited(string column) =>
        AuditSql.Newest(column, "queues.name", "queues.rate_limit IS NOT NULL", $"""n.action = '{AuditActions.ChangeQueue}' AND n.details LIKE '%"rate_limit"%'""");

    private static QueueStatus ReadQueue(DbDataReader reader) => new()
    {
        Settings = QueueSettings.Read(reader),
        SeenAt = reader.Time(5),
        Paused = reader.IsDBNull(6) ? null : new AuditMark(reader.GetString(6), reader.Time(7)!.Value),
        Limited = reader.IsDBNull(8) ? null : new AuditMark(reader.GetString(8), reader.Time(9)!.Value),
    };
}
