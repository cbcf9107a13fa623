using BenchmarkDotNet.Attributes;
using Messaging.Outbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Micro;

/// <summary>The store, by itself: groups of a hundred units, fsync included; times are of one unit.</summary>
public class Storing
{
    private const int Group = 100;
    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(1);
    private OutboxHost _host = null!;

    public static IEnumerable<string> Databases =>
        Environment.GetEnvironmentVariable("TEST_POSTGRES") is null ? ["SQLite"] : ["SQLite", "PostgreSQL"];

    [ParamsSource(nameof(Databases))]
    public string Database { get; set; } = "SQLite";

    [GlobalSetup]
    public async Task SetUpAsync() => _host = await OutboxHost.StartAsync(Database);

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _host.DisposeAsync();

    /// <summary>A message and its task, staged, claimed and done with.</summary>
    [Benchmark(OperationsPerInvoke = Group)]
    public async Task StageAndClaim()
    {
        await _host.Store.Commits.CommitAsync([.. Enumerable.Range(0, Group).Select(_ => Staged())], LockWait, CancellationToken.None);
        await using var claim = await _host.Store.Outbox.ClaimAsync(Group, settlements: null, CancellationToken.None);
        await claim.CompleteAsync([], [], CancellationToken.None);
    }

    /// <summary>The look-up of an inbox key, then its insert.</summary>
    [Benchmark(OperationsPerInvoke = Group)]
    public async Task Inbox()
    {
        var keys = Enumerable.Range(0, Group).Select(_ => new InboxKey(Guid.CreateVersion7(), Guid.Empty) { Kind = InboxKind.Consumed, Step = "LogRequestedConsumer" }).ToList();
        await _host.Store.Inbox.FindDoneAsync(keys, [.. keys.Select(k => k.MessageId)], CancellationToken.None);
        await _host.Store.Commits.CommitAsync([.. keys.Select(Consumed)], LockWait, CancellationToken.None);
    }

    private static StagedWork Staged()
    {
        var work = new StagedWork();
        work.Add(new StagedMessage
        {
            MessageId = Guid.CreateVersion7(),
            Destination = "rabbitmq://localhost/Messaging.Contracts:LogRequested",
            ContentType = "application/vnd.masstransit+json",
            Content = MessageContent.Of("""{"messageTypes":["urn:message:Messaging.Contracts:LogRequested"]}""", new byte[700]),
            TaskKind = "LogRequested",
        });
        return work;
    }

    private static StagedWork Consumed(InboxKey key)
    {
        var work = new StagedWork();
        work.InboxKeys.Add(key);
        return work;
    }
}
