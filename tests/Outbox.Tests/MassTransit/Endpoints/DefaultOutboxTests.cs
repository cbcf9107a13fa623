using MassTransit;
using MassTransit.Testing;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.MassTransit.Endpoints;

public sealed class SqliteDefaultOutboxTests : DefaultOutboxTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresDefaultOutboxTests : DefaultOutboxTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Endpoints on which nobody has configured anything of the outbox.</summary>
public abstract class DefaultOutboxTests : StoreSuite
{
    private readonly Script _script = new();
    private readonly LogCapture _logs = new();

    [Fact]
    public async Task A_consumer_without_any_configuration_stages_and_its_task_succeeds()
    {
        using var host = await StartAsync(x => x.AddConsumer<NoteConsumer>());

        var id = await AddAsync(host, new Note("ann"));

        await EndsAsync(host, id, TaskState.Succeeded);
        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'ann'"));
        Assert.DoesNotContain(_logs.Lines, l => l.Contains("inbox", StringComparison.Ordinal) || l.Contains("dropped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handler_stages_and_its_task_succeeds()
    {
        using var host = await StartAsync(x => x.AddHandler((ConsumeContext<Note> context, IUnitOfWork unit) =>
        {
            unit.Execute("INSERT INTO things (name) VALUES ($1)", context.Message.Name);
            return Task.CompletedTask;
        }));

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
    public async Task A_handler_that_fails_is_retried_and_then_dead_lettered()
    {
        using var host = await StartAsync(x => x.AddHandler((ConsumeContext<Note> _) => throw new InvalidOperationException("no")));

        var task = await EndsAsync(host, await AddAsync(host, new Note("ann")), TaskState.Failed);

        Assert.Equal(3, task.Attempts);
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task A_handler_past_the_registration_stops_the_start()
    {
        var failure = await Assert.ThrowsAsync<OutboxConfigurationException>(() => StartAsync(
            _ => { }, (_, bus) => bus.ReceiveEndpoint("past", endpoint => endpoint.Handler<Note>(_ => Task.CompletedTask))));

        Assert.Contains("A consumer of past has no inbox", failure.Message, StringComparison.Ordinal);
        Assert.Contains("call UseOutbox(context) on its endpoint", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_connected_at_run_time_is_named_in_the_log()
    {
        using var host = await StartAsync(_ => { });

        var handle = host.Services.GetRequiredService<IReceiveEndpointConnector>().ConnectReceiveEndpoint(
            "late", (_, endpoint) => endpoint.Handler<Note>(_ => Task.CompletedTask));
        await handle.Ready;

        await Eventually.True(() => _logs.Lines.Any(l => l.StartsWith("Queue late has a consumer without the inbox", StringComparison.Ordinal)), "it is named");
    }

    [Fact]
    public async Task A_duplicate_has_no_effect()
    {
        using var host = await StartAsync(x => x.AddConsumer<GreetConsumer>());
        var id = await AddAsync(host, new Greet("ann"));
        await EndsAsync(host, id, TaskState.Succeeded);

        var harness = host.Services.GetRequiredService<ITestHarness>();
        await harness.Bus.Publish(new Greet("ann"), context =>
        {
            context.MessageId = id;
            context.Headers.Set("Task-Id", id.ToString());
        });
        await harness.Bus.Publish(new Greet("last"));

        await Eventually.True(() => _script.Greets.Any(g => g.Message.Name == "last"), "what came after is consumed");
        Assert.Equal(["ann", "last"], _script.Greets.Select(g => g.Message.Name).Order());
    }

    [Fact]
    public async Task A_failing_message_is_retried_later_and_then_dead_lettered()
    {
        _script.Greet = (_, _) => throw new InvalidOperationException("no");
        using var host = await StartAsync(x => x.AddConsumer<GreetConsumer>());

        var task = await EndsAsync(host, await AddAsync(host, new Greet("ann")), TaskState.Failed);

        Assert.Equal(3, task.Attempts);
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task An_endpoint_written_by_hand_has_the_inbox_too()
    {
        using var host = await StartAsync(
            x => x.AddConsumer<NoteConsumer>(),
            (context, bus) => bus.ReceiveEndpoint("by-hand", endpoint =>
            {
                endpoint.UseMessageRetry(r => r.Immediate(1));
                endpoint.ConfigureConsumer<NoteConsumer>(context);
            }));

        await EndsAsync(host, await AddAsync(host, new Note("ann")), TaskState.Succeeded);

        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'ann'"));
        Assert.Contains("by-hand", host.Services.GetRequiredService<ConsumerQueues>().Names);
    }

    [Fact]
    public async Task An_endpoint_connected_at_run_time_has_the_inbox_too()
    {
        using var host = await StartAsync(x => x.AddConsumer<NoteConsumer>().ExcludeFromConfigureEndpoints());

        var handle = host.Services.GetRequiredService<IReceiveEndpointConnector>().ConnectReceiveEndpoint(
            "late", (context, endpoint) => endpoint.ConfigureConsumer<NoteConsumer>(context));
        await handle.Ready;

        await EndsAsync(host, await AddAsync(host, new Note("ann")), TaskState.Succeeded);
        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'ann'"));
    }

    [Fact]
    public async Task A_batch_consumer_stops_the_start_and_says_what_to_write()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(x => x.AddConsumer<BatchConsumer>()));

        Assert.Contains("BatchConsumer on Batch consumes Batch<Count>, which the outbox does not run: write IConsumer<Count>.", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_is_answered()
    {
        _script.Greet = (context, _) => context.RespondAsync(new Greeted(context.Message.Name));
        using var host = await StartAsync(x => x.AddConsumer<GreetConsumer>());
        await using var scope = host.Services.CreateAsyncScope();

        var answer = await scope.ServiceProvider.GetRequiredService<IRequestClient<Greet>>().GetResponse<Greeted>(new Greet("ann"), TestContext.Current.CancellationToken);

        Assert.Equal("ann", answer.Message.Name);
    }

    [Fact]
    public async Task A_configured_policy_replaces_the_default()
    {
        _script.Greet = (_, _) => throw new InvalidOperationException("no");
        using var host = await StartAsync(x =>
        {
            x.AddConfigureEndpointsCallback((context, _, endpoint) =>
            {
                endpoint.UseOutbox(context, PipelineUnderTest.Quick());
                endpoint.UseOutbox(context, PipelineUnderTest.Quick()); // as by a second consumer's definition
            });
            x.AddConsumer<GreetConsumer>();
        });

        var task = await EndsAsync(host, await AddAsync(host, new Greet("ann")), TaskState.Failed);

        Assert.Equal(1, task.Attempts);
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters"));
    }

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

    [Fact]
    public async Task An_endpoint_has_one_inbox()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(x =>
        {
            x.AddConfigureEndpointsCallback((context, _, endpoint) =>
            {
                endpoint.UseOutbox(context);
                endpoint.UseOutbox(context, configure: outbox => outbox.IsInstance = true);
            });
            x.AddConsumer<GreetConsumer>();
        }));

        Assert.Contains("has UseOutbox already", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_has_one_policy()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(x =>
        {
            x.AddConfigureEndpointsCallback((context, _, endpoint) =>
            {
                endpoint.UseOutbox(context, PipelineUnderTest.Quick());
                endpoint.UseOutbox(context, PipelineUnderTest.Quick(delayed: 1));
            });
            x.AddConsumer<GreetConsumer>();
        }));

        Assert.Contains("a consumer with a policy of its own needs a queue of its own", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_is_printed_and_logged()
    {
        var logs = new LogCapture { Level = LogLevel.Debug };
        using var host = await StartAsync(
            x =>
            {
                x.AddConfigureEndpointsCallback((context, _, endpoint) =>
                    endpoint.UseOutbox(context, PipelineUnderTest.Quick(immediate: 1, delayed: 4), outbox => (outbox.Concurrency, outbox.Priority) = (3, QueuePriority.High)));
                x.AddConsumer<GreetConsumer>().Endpoint(e => e.Name = "greet");
            },
            configureServices: services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(logs)));

        var pipeline = host.Services.GetRequiredService<IOutboxPipelines>().Find("greet");

        Assert.Equal(["queue gate", "deferred retries", "immediate retries", "inbox", "dead letters"], pipeline!.Steps.Select(s => s.Name));
        Assert.Equal(
            string.Join(
                Environment.NewLine,
                "greet",
                "  queue gate: 3 at once, priority High",
                "  deferred retries: 4, after 00:00:00.0010000 up to 00:15:00",
                "  immediate retries: 1 at once, the first after 00:00:00.0010000; 33 attempts in all, each up to 00:05:00",
                "  inbox: once for each consumer, in one commit with its staged work",
                "  dead letters: messages that finally fail or have no consumer"),
            pipeline.ToString());
        Assert.Contains($"Pipeline of {pipeline}", logs.Lines);
    }

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

    private async Task<IHost> StartAsync(
        Action<IBusRegistrationConfigurator> configure,
        Action<IBusRegistrationContext, IInMemoryBusFactoryConfigurator>? configureBus = null,
        Action<IServiceCollection>? configureServices = null,
        Action<OutboxBuilder>? configureOutbox = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(_logs);
        builder.Services.AddSingleton(_script);
        builder.Services.Configure<RetryOptions>(retry => (retry.DelayedRetries, retry.FirstDelay) = (2, TimeSpan.FromMilliseconds(1)));
        builder.Services.AddMassTransitTestHarness(x =>
        {
            x.SetTestTimeouts(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5));
            configure(x);
            x.AddOutbox(o =>
            {
                UnderTest.Use(o);
                o.Configure(options => options.PollInterval = TimeSpan.FromMilliseconds(50));
                configureOutbox?.Invoke(o);
            });
            x.UsingInMemory((context, bus) =>
            {
                configureBus?.Invoke(context, bus);
                bus.ConfigureEndpoints(context);
            });
        });
        configureServices?.Invoke(builder.Services);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private static async Task<Guid> AddAsync<T>(IHost host, T message)
        where T : class
    {
        await using var scope = host.Services.CreateAsyncScope();
        var task = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(message);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return task.Id;
    }

    private static async Task<TaskRecord> EndsAsync(IHost host, Guid id, TaskState state)
    {
        TaskRecord? task = null;
        await Eventually.True(
            async () => (task = await host.Services.GetRequiredService<ITaskStore>().FindAsync(id))?.State == state, $"task {id} is {state}");
        return task!;
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

    private sealed class BatchConsumer : IConsumer<Batch<Count>>
    {
        public Task Consume(ConsumeContext<Batch<Count>> context) => Task.CompletedTask;
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
