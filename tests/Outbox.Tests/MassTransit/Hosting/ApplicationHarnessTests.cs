using MassTransit;
using MassTransit.Testing;
using Messaging.Outbox.Tests.MassTransit.Endpoints;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Hosting;

public sealed class SqliteApplicationHarnessTests : ApplicationHarnessTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresApplicationHarnessTests : ApplicationHarnessTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A bus, or a test harness, that is registered over that of an application.</summary>
public abstract class ApplicationHarnessTests : DefaultOutboxSuite
{
    [Fact]
    public async Task A_bus_registered_over_the_outbox_is_refused_at_the_start()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(
            x => x.AddConsumer<GreetConsumer>(), configureServices: services => services.AddMassTransitTestHarness()));

        Assert.Contains("Call AddOutbox in the callback of the last registration", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_harness_over_an_application_includes_the_outbox()
    {
        using var host = await StartAsync(
            x => x.AddConsumer<NoteConsumer>(), configureServices: services => services.AddMassTransitTestHarness(x => x.AddOutbox()));

        await EndsAsync(host, await AddAsync(host, new Note("ann")), TaskState.Succeeded);

        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'ann'"));
    }

    [Fact]
    public async Task A_handler_over_an_applications_harness_takes_its_task()
    {
        using var host = await StartAsync(
            _ => { }, configureServices: services => services.AddMassTransitTestHarness(x =>
            {
                x.AddOutbox();
                x.AddHandler<Note>();
            }));

        await EndsAsync(host, await AddAsync(host, new Note("ann")), TaskState.Succeeded);
    }

    [Fact]
    public async Task A_test_harness_over_an_application_keeps_the_sagas_state()
    {
        using var host = await StartAsync(
            x => x.AddSagaStateMachine<HeardStateMachine, HeardState>().OutboxRepository("kept"),
            configureServices: services => services.AddMassTransitTestHarness(x => x.AddOutbox()));

        await EndsAsync(host, await AddAsync(host, new Heard(Guid.CreateVersion7())), TaskState.Succeeded);

        Assert.Equal(1, await UnderTest.CountAsync("sagas", "saga_type = 'kept'"));
        Assert.True(await host.Services.GetTestHarness().GetSagaStateMachineHarness<HeardStateMachine, HeardState>().Consumed.Any<Heard>(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_test_harness_over_an_application_replaces_the_transport()
    {
        using var host = await StartAsync(
            x => x.AddConsumer<NoteConsumer>(),
            configureOutbox: o => o.AddTransport(services => services.AddSingleton<IMessagePublisher>(_ => throw new InvalidOperationException("no broker"))),
            configureServices: services => services.AddMassTransitTestHarness(x => x.AddOutbox()));

        await EndsAsync(host, await AddAsync(host, new Note("ann")), TaskState.Succeeded);
        Assert.NotNull(host.Services.GetRequiredService<IMessagePublisher>()); // not the one that throws
    }

    public sealed record Heard(Guid Id);

    public sealed class HeardState : SagaStateMachineInstance
    {
        public Guid CorrelationId { get; set; }
        public string? CurrentState { get; set; }
    }

    private sealed class HeardStateMachine : MassTransitStateMachine<HeardState>
    {
        public HeardStateMachine()
        {
            InstanceState(heard => heard.CurrentState);
            Event(() => Told, x => x.CorrelateById(context => context.Message.Id));
            Initially(When(Told).TransitionTo(Final));
        }

        public Event<Heard> Told { get; private set; } = null!;
    }
}
