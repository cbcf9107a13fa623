using Messaging.Outbox.Overview;
using Messaging.Outbox.Processes;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Reasons;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Feed;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Reasons;

/// <summary>A store with a service whose broker and processes are as the test says.</summary>
internal sealed class ReasonWorld : IQueueTransport, IMessageTransport, IBrokerWatch, IStorageReserve, IDisposable
{
    private readonly StoreUnderTest _store;
    private readonly HeldTime _machine = new();
    private readonly QueueEndpoints _endpoints = new();
    private readonly QueueDepthReader _depths;

    public ReasonWorld(StoreUnderTest store, OutboxOptions? options = null)
    {
        _store = store;
        Watched = WatchedStore.Over(store.Store.Queries);
        Time = new StoreClock(_machine);
        var set = Options.Create(options ?? new OutboxOptions { Dispatch = false, CommitTimeout = TimeSpan.FromSeconds(30) });
        LostAfter = set.Value.LostAfter;
        var reader = new OutboxReader(Watched.Store, set);
        _depths = new QueueDepthReader(Watched.Store, this, this, this, set, Time);
        var outbox = new OutboxRows(reader, store.Store.Dialect);
        var audit = new AuditTrail(reader);
        Reasons = new TaskReasons(
            new TaskStore(reader),
            new EndedReasons(reader, audit, Time),
            new ChainReasons(reader, audit, Time),
            new OpenReasons(
                reader, new OpenTasks(reader, outbox, _depths, this, Time), new SentMessages(reader, store.Store.Dialect, set),
                new ServiceStatusReader(Watched.Store, _endpoints, set, Time), this, this, set, Time),
            Time);
        Tasks = new TaskStore(reader);
        Overview = new OverviewReader(
            reader, store.Store.Dialect, new QueueStore(Watched.Store, store.Store.Dialect, store.Store.Time, this, _endpoints, this, set),
            new ProcessStore(Watched.Store, store.Store.Time, set), this, this, this, new ServiceIdentity("mailer", "1"), Time, set);
    }

    public WatchedStore Watched { get; }
    public StoreClock Time { get; }
    public ITaskReasons Reasons { get; }
    public ITaskStore Tasks { get; }
    public OverviewReader Overview { get; }
    public TimeSpan LostAfter { get; }

    public Dictionary<string, long?> Ready { get; } = [];
    public BrokerProblem? Problem { get; set; }
    public bool IsUp { get; set; } = true;
    public bool IsDurable => true;
    public bool ConsumersSettle { get; set; }

    public void Pass(TimeSpan time) => _machine.Ahead += time;

    public async Task<TaskReason> WhyAsync(Guid id) => (await Reasons.FindAsync(id))!;

    public Task<long?> CountAsync(string queue, CancellationToken cancellationToken) => Task.FromResult(Ready.GetValueOrDefault(queue, 0));

    public ValueTask<string?> FindShortageAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(null);

    /// <summary>Stores tasks, each in a commit of its own.</summary>
    public async Task<Guid> AddAsync(string? queue = "mail")
    {
        var message = MessageOf(queue);
        await CommitAsync(Work.With(message));
        return message.MessageId;
    }

    public static StagedMessage MessageOf(string? queue)
    {
        var message = Work.Message();
        return message with
        {
            TaskKind = "Greet",
            Queue = queue,
            Content = MessageContent.Of($$"""{"headers":{"Task-Id":"{{message.MessageId}}"},"messageTypes":["urn:message:Greet"]}""", [1, 2, 3]),
        };
    }

    public async Task CommitAsync(params StagedWork[] work) => Assert.All(await _store.Store.Commits.CommitAsync(work, lockWait: null, default), Assert.True);

    /// <summary>Sends all that is due, as a dispatcher does, to a broker that confirms it.</summary>
    public async Task DispatchAsync(Func<OutboxMessage, SendFailure>? fail = null)
    {
        await using var claim = await _store.Store.Outbox.ClaimAsync(5_000, null, default);
        Assert.NotEmpty(claim.Messages);
        await claim.CompleteAsync(fail is null ? [] : [.. claim.Messages.Select(fail)], fail is null ? SentBatch.Pack(claim.Messages, LostAfter) : [], default);
    }

    /// <summary>A process reports, as of now.</summary>
    public async Task ReportAsync(string process = "w:1", string queue = "mail", int slots = 16, int inFlight = 0, double rate = 0, bool dispatches = true, bool consumes = true)
    {
        await using var transaction = await _store.Store.Commits.BeginAsync(default);
        var now = new StoreTime(Time.GetUtcNow());
        await transaction.Own.ExecuteAsync(
            """
            INSERT INTO messaging.queues AS queues (name, message_types, default_priority, updated_at, seen_at) VALUES ($1, '[]', 1, $2, $2)
            ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at
            """,
            default, queue, now);
        await transaction.Own.ExecuteAsync(
            """
            INSERT INTO messaging.processes (process, service, host, process_id, version, started_at, seen_at, dispatches, runs_schedules)
            VALUES ($1, 'mailer', 'w', 1, '1', $2, $2, $3, 0) ON CONFLICT (process) DO UPDATE SET seen_at = excluded.seen_at
            """,
            default, process, now, dispatches ? 1 : 0);
        if (consumes)
        {
            await QueueAgentSql.ReportAsync(
                transaction.Own, [], Array.Empty<(string, string)>().ToLookup(t => t.Item1, t => t.Item2),
                [new Heartbeat(queue, process, slots, inFlight, 0, rate, null)], now.Value, default);
        }

        await transaction.CommitAsync(new StagedWork(), default);
    }

    public void Dispose()
    {
        _endpoints.Dispose();
        _depths.Dispose();
    }

    int IMessageTransport.CountConsumers(OutboxMessage message) => 1;

    Task<IReadOnlyCollection<UnsentMessage>> IMessageTransport.SendAsync(IReadOnlyList<OutboxMessage> messages, int outstanding, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task<int> IQueueTransport.TakeAsync(
        string queue, int count, Func<IReadOnlyList<TakenMessage>, CancellationToken, Task> settle, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>The machine's clock, whose timestamps stand still until the test lets time pass: a reading gets no older by a slow machine.</summary>
    private sealed class HeldTime : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

        public override long GetTimestamp() => (long)(Ahead.TotalSeconds * TimestampFrequency);
    }
}
