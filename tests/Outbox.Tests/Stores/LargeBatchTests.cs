using System.Collections.Concurrent;
using MassTransit;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.Stores;

public sealed class SqliteLargeBatchTests : LargeBatchTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresLargeBatchTests : LargeBatchTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What a dispatcher does with a claim that is full of bytes, and locks more messages than it took.</summary>
public abstract class LargeBatchTests : OutboxStoreSuite
{
    private readonly ConcurrentQueue<string> _steps = [];

    [Fact]
    public async Task A_claim_that_is_full_of_bytes_ends_before_the_next()
    {
        var content = MessageContent.Of("{}", new byte[OutboxMessage.MaxClaimedBytes * 3 / 8]);
        await CommitAsync([.. Enumerable.Range(0, 9).Select(_ => Work.With(Work.Message() with { Content = content }))]);
        using var host = CreateHost();
        await host.StartAsync();

        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "all are sent");
        await host.StopAsync();

        Assert.Equal(["claimed 3", "ended", "claimed 3", "ended", "claimed 3", "ended"], _steps.Take(6));
    }

    private IHost CreateHost()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var transport = new Transport();
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            x.AddOutbox(UnderTest.Use);
            x.UsingInMemory();
        });
        var store = builder.Services.Last(s => s.ServiceType == typeof(StoreSeams));
        builder.Services.AddSingleton(provider =>
        {
            var own = (StoreSeams)store.ImplementationFactory!(provider);
            return own with { Outbox = new Outbox(own.Outbox, transport, _steps) };
        });
        builder.Services.AddSingleton<IMessageTransport>(transport);
        return builder.Build();
    }

    /// <summary>Sends nothing before the next claim, or before it is certain that there is none meanwhile.</summary>
    private sealed class Transport : IMessageTransport
    {
        public TaskCompletionSource Claimed { get; set; } = new();

        public bool IsDurable => true;

        public bool ConsumersSettle => false;

        public bool IsUp => true;

        public int CountConsumers(OutboxMessage message) => 1;

        public async Task<IReadOnlyCollection<UnsentMessage>> SendAsync(IReadOnlyList<OutboxMessage> messages, int outstanding, CancellationToken cancellationToken)
        {
            Claimed = new TaskCompletionSource();
            await Task.WhenAny(Claimed.Task, Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken));
            return [];
        }
    }

    private sealed class Outbox(IOutboxStore inner, Transport transport, ConcurrentQueue<string> steps) : IOutboxStore
    {
        public bool CanWaitForConsumers => inner.CanWaitForConsumers;

        public async Task<IOutboxClaim> ClaimAsync(int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken)
        {
            var claim = await inner.ClaimAsync(limit, settlements, cancellationToken);
            steps.Enqueue($"claimed {claim.Messages.Count}");
            transport.Claimed.TrySetResult();
            return new Claim(claim, steps);
        }

        public Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellationToken) => inner.UntilNextDueAsync(cancellationToken);

        public Task RecoverAsync(CancellationToken cancellationToken) => inner.RecoverAsync(cancellationToken);

        public Task ReleaseAsync(CancellationToken cancellationToken) => inner.ReleaseAsync(cancellationToken);
    }

    private sealed class Claim(IOutboxClaim inner, ConcurrentQueue<string> steps) : IOutboxClaim
    {
        public IReadOnlyList<OutboxMessage> Messages => inner.Messages;

        public Task CompleteAsync(IReadOnlyCollection<SendFailure> failures, IReadOnlyCollection<SentBatch> sent, CancellationToken cancellationToken) =>
            inner.CompleteAsync(failures, sent, cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            steps.Enqueue("ended");
        }
    }
}
