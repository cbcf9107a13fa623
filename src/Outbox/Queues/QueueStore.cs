using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Queues;

internal sealed class QueueStore(
    IStoreQueries queries, ISqlDialect dialect, IStoreTime clock, IQueueTransport transport, QueueEndpoints endpoints, IMessageTransport bus, IOptions<OutboxOptions> options)
    : IQueueStore
{
    private readonly OutboxOptions _options = options.Value;

    public async Task<QueueRecord?> FindAsync(string name, CancellationToken cancellationToken = default) =>
        (await ReadAsync(name, cancellationToken)).FirstOrDefault();

    public Task<IReadOnlyList<QueueRecord>> ListAsync(CancellationToken cancellationToken = default) => ReadAsync(name: null, cancellationToken);

    private async Task<IReadOnlyList<QueueRecord>> ReadAsync(string? name, CancellationToken cancellationToken)
    {
        var state = await ReadStoreAsync(name, cancellationToken);
        var ready = await Task.WhenAll(state.Settings.Select(s => transport.CountAsync(s.Name, cancellationToken)));
        var records = new List<QueueRecord>();
        foreach (var (settings, atBroker) in state.Settings.Zip(ready))
        {
            var record = ToRecord(settings, atBroker, state);
            records.Add(atBroker > 0 && (settings.Paused || record.Consumers.Count == 0) ? await WithOldestSentAsync(record, state.Now, cancellationToken) : record);
        }

        return records;
    }

    /// <summary>Adds the age of messages at the broker that have no consumers: only the store knows it.</summary>
    private async Task<QueueRecord> WithOldestSentAsync(QueueRecord record, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sent = await StoreDeadline.RunAsync(
            _options.CommitTimeout,
            async token =>
            {
                var since = await queries.QueryAsync(
                    "SELECT CASE WHEN paused = 1 THEN updated_at ELSE seen_at END FROM messaging.queues WHERE name = $1", [record.Settings.Name], reader => reader.Time(0), token);
                return await OldestSent.FindAsync(queries, record.Settings.Name, since.FirstOrDefault(), _options.LostAfter, token);
            },
            cancellationToken);
        var seconds = sent is { } at ? Math.Round(Math.Max(0, (now - at).TotalSeconds), 3) : (double?)null;
        return record with { OldestSeconds = record.OldestSeconds is { } known && (seconds is null || known > seconds) ? known : seconds };
    }

    private Task<State> ReadStoreAsync(string? name, CancellationToken cancellationToken)
    {
        return StoreDeadline.RunAsync(_options.CommitTimeout, ReadAllAsync, cancellationToken);

        async Task<State> ReadAllAsync(CancellationToken token)
        {
            var now = await clock.NowAsync(token);
            return new State(
                QueueSql.CapOf(name),
                now,
                await QueueSql.SettingsAsync(queries, name, token),
                await QueueSql.DueAsync(queries, name, dialect.Waits(bus.ConsumersSettle), now, token),
                await QueueSql.DelayedAsync(queries, name, now, token),
                await QueueSql.DeadLettersAsync(queries, name, token),
                await QueueSql.HeartbeatsAsync(queries, now - _options.WorkerIsAliveFor, token));
        }
    }

    private QueueRecord ToRecord(QueueSettings settings, long? atBroker, State state)
    {
        var heartbeats = state.Heartbeats.Where(h => h.Heartbeat.Queue == settings.Name).Select(h => (Heartbeat: endpoints.WithCurrentFigures(h.Heartbeat), h.SeenAt)).ToList();
        var inFlight = heartbeats.Sum(h => h.Heartbeat.InFlight);
        var due = state.Due.GetValueOrDefault(settings.Name);
        var delayed = state.Delayed.GetValueOrDefault(settings.Name).Count;
        var dead = state.DeadLetters.GetValueOrDefault(settings.Name).Count;

        // In memory a row stays in the outbox until its consumers are done.
        var waiting = bus.ConsumersSettle ? Math.Max(0, due.Count - inFlight) : due.Count;
        var oldest = heartbeats.Select(h => h.Heartbeat.OldestSeconds).Append((state.Now - due.Oldest)?.TotalSeconds).Max();
        return new QueueRecord
        {
            Settings = settings,
            Depth = atBroker + waiting,
            DepthIsCapped = due.Count >= state.Cap,
            InFlight = inFlight,
            Delayed = delayed,
            DelayedIsCapped = delayed >= state.Cap,
            DeadLetters = dead,
            DeadLettersAreCapped = dead >= state.Cap,
            Rate = Math.Round(heartbeats.Sum(h => h.Heartbeat.Rate), 3),
            OldestSeconds = oldest is { } seconds ? Math.Round(Math.Max(0, seconds), 3) : null,
            Consumers = [.. heartbeats.Select(h => new QueueConsumer(
                h.Heartbeat.Worker, h.Heartbeat.Concurrency, h.Heartbeat.InFlight, h.Heartbeat.Consumed, h.Heartbeat.Rate, h.SeenAt))],
        };
    }

    private sealed record State(
        int Cap,
        DateTimeOffset Now,
        IReadOnlyList<QueueSettings> Settings,
        IReadOnlyDictionary<string, Counted> Due,
        IReadOnlyDictionary<string, Counted> Delayed,
        IReadOnlyDictionary<string, Counted> DeadLetters,
        IReadOnlyList<(Heartbeat Heartbeat, DateTimeOffset SeenAt)> Heartbeats);
}
