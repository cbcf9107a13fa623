using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.MassTransit.Endpoints;

/// <summary>Sagas of MassTransit's own, to which it adds an outbox in memory itself.</summary>
public sealed class OwnInboxTests : DefaultOutboxSuite
{
    [Fact]
    public async Task Job_sagas_keep_their_own_outbox()
    {
        using var host = await StartAsync(x =>
        {
            x.AddConsumer<GreetConsumer>();
            x.AddJobSagaStateMachines();
            x.SetInMemorySagaRepositoryProvider();
        });

        await EndsAsync(host, await AddAsync(host, new Greet("ann")), TaskState.Succeeded);
    }

    [Fact]
    public async Task A_future_keeps_its_own_outbox()
    {
        using var host = await StartAsync(x =>
        {
            x.AddConsumer<GreetConsumer>();
            x.AddFuture<CountFuture>();
            x.AddSagaRepository<FutureState>().InMemoryRepository();
        });

        await EndsAsync(host, await AddAsync(host, new Greet("ann")), TaskState.Succeeded);
    }

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    private sealed class CountFuture : Future<Count, Greeted>
    {
        public CountFuture()
        {
            ConfigureCommand(x => x.CorrelateById(context => context.MessageId!.Value));
            WhenAllCompleted(x => x.SetCompletedUsingInitializer(_ => new { Name = "ann" }));
        }
    }
}
