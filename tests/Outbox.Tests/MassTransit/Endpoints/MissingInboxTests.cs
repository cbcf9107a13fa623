using MassTransit;
using MassTransit.Testing;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Messaging.Outbox.Tests.MassTransit.Endpoints;

public sealed class SqliteMissingInboxTests : MissingInboxTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresMissingInboxTests : MissingInboxTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Consumers and filters that no inbox surrounds.</summary>
public abstract class MissingInboxTests : DefaultOutboxSuite
{
    [Fact]
    public async Task A_consumer_past_the_registration_stops_the_start()
    {
        var failure = await Assert.ThrowsAsync<OutboxConfigurationException>(() => StartAsync(
            x => x.AddScoped<NoteConsumer>(), (context, bus) => bus.ReceiveEndpoint("past", endpoint => endpoint.Consumer<NoteConsumer>(context))));

        Assert.Contains("A consumer of past has no inbox", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consumer_without_the_outbox_cannot_stage()
    {
        using var host = await StartAsync(
            x => x.AddScoped<NoteConsumer>(),
            (context, bus) => bus.ReceiveEndpoint("past", endpoint =>
            {
                endpoint.WithoutOutbox(context);
                endpoint.Consumer<NoteConsumer>(context);
            }));

        await host.Services.GetRequiredService<ITestHarness>().Bus.Publish(new Note("ann")); // past the outbox, as a broker would deliver it

        await Eventually.True(() => _logs.Lines.Any(l => l.Contains("belongs to a message of past", StringComparison.Ordinal)), "it is refused");
        Assert.Equal(0, await UnderTest.CountAsync("things"));
        Assert.True(await host.Services.GetRequiredService<ITestHarness>().Published.Any<Fault<Note>>(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_registered_consumer_without_the_outbox_has_no_inbox()
    {
        using var host = await StartAsync(x =>
        {
            x.AddConsumer<NoteConsumer>();
            x.AddConfigureEndpointsCallback((context, _, endpoint) => endpoint.WithoutOutbox(context));
        });

        await host.Services.GetRequiredService<ITestHarness>().Bus.Publish(new Note("ann"));

        await Eventually.True(() => _logs.Lines.Any(l => l.Contains("is not in the inbox at this point", StringComparison.Ordinal)), "it is refused");
    }

    [Fact]
    public async Task A_staged_message_reaches_a_consumer_without_the_outbox()
    {
        var (taken, handled) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var host = await StartAsync(
            _ => { },
            (context, bus) =>
            {
                bus.ReceiveEndpoint("past", endpoint =>
                {
                    endpoint.WithoutOutbox(context);
                    endpoint.Consumer(() => new Consumer(taken));
                });
                bus.ReceiveEndpoint("handled", endpoint =>
                {
                    endpoint.WithoutOutbox(context);
                    endpoint.Handler<Heard>(_ =>
                    {
                        handled.SetResult();
                        return Task.CompletedTask;
                    });
                });
            });

        await AddUntrackedAsync(host, new Note("ann"));
        await AddUntrackedAsync(host, new Heard("ann"));

        await Task.WhenAll(taken.Task, handled.Task).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "the rows do not wait for consumers that cannot settle them");
    }

    [Fact]
    public async Task A_row_to_a_queue_without_the_outbox_waits_for_nobody()
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var host = await StartAsync(
            x => x.AddConsumer<NoteConsumer>(),
            (context, bus) => bus.ReceiveEndpoint("past", endpoint =>
            {
                endpoint.WithoutOutbox(context);
                endpoint.Consumer(() => new Consumer(taken));
            }));

        await using (var scope = host.Services.CreateAsyncScope())
        {
            var endpoint = await scope.ServiceProvider.GetRequiredService<ISendEndpointProvider>().GetSendEndpoint(new Uri("queue:past"));
            await endpoint.Send(new Note("ann"), TestContext.Current.CancellationToken);
            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(TestContext.Current.CancellationToken);
        }

        await taken.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "the row waits for no consumer of another queue");
        Assert.Empty(_script.Notes);
    }

    [Fact]
    public async Task A_filter_outside_the_inbox_cannot_stage()
    {
        using var host = await StartAsync(x =>
        {
            x.AddConsumer<GreetConsumer>();
            x.AddConfigureEndpointsCallback((context, _, endpoint) => endpoint.UseConsumeFilter(typeof(StagingFilter<>), context));
        });

        var task = await EndsAsync(host, await AddAsync(host, new Greet("ann")), TaskState.Failed);

        Assert.StartsWith("UnitOfWorkMisuseException: Nothing commits this unit of work", task.LastError, StringComparison.Ordinal);
        Assert.Empty(_script.Greets);
    }

    private static async Task AddUntrackedAsync<T>(IHost host, T message)
        where T : class
    {
        await using var scope = host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().AddUntracked(message);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
    }

    private sealed class Consumer(TaskCompletionSource taken) : IConsumer<Note>
    {
        public Task Consume(ConsumeContext<Note> context)
        {
            taken.SetResult();
            return Task.CompletedTask;
        }
    }

    private sealed class StagingFilter<T>(IUnitOfWork unit) : IFilter<ConsumeContext<T>>
        where T : class
    {
        public Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
        {
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "filter");
            return next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("staging");
    }
}
