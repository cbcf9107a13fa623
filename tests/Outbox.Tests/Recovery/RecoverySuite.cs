using Messaging.Outbox.Queues;
using Messaging.Outbox.Recovery;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Tests.Recovery;

/// <summary>The recovery beside a broker of which a test says how many messages it has.</summary>
public abstract class RecoverySuite : OutboxStoreSuite, IQueueTransport
{
    private readonly List<KnownQueue> _known = [];
    private TimeSpan _passed;

    private protected OutboxOptions Options { get; } = new();

    /// <summary>The ready messages of queues; of others there are none.</summary>
    private protected Dictionary<string, long?> Ready { get; } = [];

    /// <summary>Runs whenever the broker is asked.</summary>
    private protected Func<Task> WhenAsked { get; set; } = () => Task.CompletedTask;

    /// <summary>Whether what a worker had comes again by itself when it dies.</summary>
    private protected bool IsDurable { get; set; } = true;

    private protected DateTimeOffset Now => DateTimeOffset.UtcNow + _passed;

    async Task<long?> IQueueTransport.CountAsync(string queue, CancellationToken cancellationToken)
    {
        await WhenAsked();
        return Ready.GetValueOrDefault(queue, 0);
    }

    Task<int> IQueueTransport.TakeAsync(
        string queue, int count, Func<IReadOnlyList<TakenMessage>, CancellationToken, Task> settle, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private protected void Pass(TimeSpan time) => _passed += time;

    /// <summary>Workers have reported the queue, for messages of the one type that there is.</summary>
    private protected void Know(string queue, bool isConsumed = true) =>
        _known.Add(new KnownQueue(
            new QueueSettings { Name = queue, Paused = false, Concurrency = null, RateLimit = null, Priority = QueuePriority.Normal }, """["urn:message:Greet"]""", 1) { IsConsumed = isConsumed });

    /// <summary>A published message that is a task.</summary>
    private protected static StagedMessage MessageOf(string? queue)
    {
        var message = Work.Message();
        return message with
        {
            TaskKind = "Greet",
            Queue = queue,
            Content = MessageContent.Of($$"""{"headers":{"Task-Id":"{{message.MessageId}}"},"messageTypes":["urn:message:Greet"]}""", [1, 2, 3]),
            Destination = "loopback://localhost/Greet",
        };
    }

    private protected async Task<StagedMessage> SendAsync(string queue = "greet")
    {
        var message = MessageOf(queue);
        await CommitAsync(Work.With(message));
        await DispatchAsync();
        return message;
    }

    /// <summary>As the dispatcher does, to a broker that confirms everything.</summary>
    private protected async Task DispatchAsync()
    {
        await using var claim = await ClaimAsync();
        Assert.NotEmpty(claim.Messages);
        await claim.CompleteAsync([], SentBatch.Pack(claim.Messages, _passed + Options.LostAfter), default);
    }

    private protected async Task CommitAsync(StagedWork work) => Assert.True(Assert.Single(await Store.Commits.CommitAsync([work], lockWait: null, default)));

    private protected async Task<IReadOnlyDictionary<string, int>> LookAsync(TimeSpan after = default)
    {
        Pass(after);
        using var endpoints = new QueueEndpoints();
        var directory = new QueueDirectory(new ConsumerRegistry(), endpoints);
        directory.Learn(_known);
        var messages = new LostMessages(Store.Commits, Store.Dialect, Store.Queries, this, directory, Microsoft.Extensions.Options.Options.Create(Options), TimeProvider.System);
        return await messages.ResendAsync(Now, IsDurable, default);
    }

    /// <summary>What each worker does now and then.</summary>
    private protected async Task CleanUpAsync()
    {
        await using var transaction = await Store.Commits.BeginAsync(default);
        await QueueAgentSql.CleanUpAsync(transaction.Own, Now, Options.WorkerMayRunFor, default);
        await transaction.CommitAsync(new StagedWork(), default);
    }

    private protected async Task BeatAsync(Guid task, TimeSpan after)
    {
        Pass(after);
        await using var transaction = await Store.Commits.BeginAsync(default);
        await QueueAgentSql.ReportAsync(
            transaction.Own,
            [],
            Array.Empty<(string, string)>().ToLookup(t => t.Item1, t => t.Item2),
            [new Heartbeat("greet", "worker-1", 1, 1, 0, 0, null, SentBatch.PackIds([task]))],
            Now,
            default);
        await transaction.CommitAsync(new StagedWork(), default);
    }
}
