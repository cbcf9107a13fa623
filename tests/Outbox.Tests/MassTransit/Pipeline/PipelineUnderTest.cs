using System.Collections.Concurrent;
using MassTransit;
using MassTransit.Testing;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.MassTransit.FastLane;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed record Greet(string Name);

public sealed record Greeted(string Name);

public sealed record Count(string Name);

public sealed record Heard(string Name);

public sealed record Note(string Name);

public sealed record Jot(string Name)
{
    public string Name { get; } = Name == "none" ? throw new ArgumentException("No name.", nameof(Name)) : Name;
}

/// <summary>No serializer can do anything with it.</summary>
public sealed record Unspeakable
{
    public string Name => throw new InvalidOperationException("It has no name.");
}

/// <summary>What the consumers under test do, and what they saw.</summary>
public sealed class Script
{
    public Func<ConsumeContext<Greet>, IServiceProvider, Task> Greet { get; set; } = (_, _) => Task.CompletedTask;

    public Func<ConsumeContext<Count>, IServiceProvider, Task> Count { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Given the queue of the instance.</summary>
    public Func<string, Task> Hear { get; set; } = _ => Task.CompletedTask;

    public Func<string, QueuePriority> Priority { get; set; } = _ => QueuePriority.Normal;

    public ConcurrentQueue<ConsumeContext<Greet>> Greets { get; } = new();

    public ConcurrentQueue<(string Queue, string Name)> Heard { get; } = new();

    public ConcurrentQueue<string> Notes { get; } = new();

    /// <summary>Called after the row is staged.</summary>
    public Func<ConsumeContext<Jot>, IServiceProvider, Task> Jot { get; set; } = (_, _) => Task.CompletedTask;

    public ConcurrentQueue<string> Jots { get; } = new();

    /// <summary>The way past the pipeline to the consumer of <see cref="Pipeline.Jot"/>.</summary>
    internal FastLaneReceiver? Direct { get; set; }
}

public sealed class GreetConsumer(Script script, IServiceProvider provider) : IConsumer<Greet>
{
    public Task Consume(ConsumeContext<Greet> context)
    {
        script.Greets.Enqueue(context);
        return script.Greet(context, provider);
    }
}

public sealed class GreetedConsumer : IConsumer<Greeted>
{
    public Task Consume(ConsumeContext<Greeted> context) => Task.CompletedTask;
}

public sealed class CountConsumer(Script script, IServiceProvider provider) : IConsumer<Count>
{
    public Task Consume(ConsumeContext<Count> context) => script.Count(context, provider);
}

public sealed class HeardConsumer(Script script) : IConsumer<Heard>
{
    public Task Consume(ConsumeContext<Heard> context)
    {
        var queue = context.ReceiveContext.InputAddress.AbsolutePath.Split('/')[^1];
        script.Heard.Enqueue((queue, context.Message.Name));
        return script.Hear(queue);
    }
}

public sealed class NoteConsumer(Script script, IUnitOfWork unit) : IConsumer<Note>, IStagingConsumer
{
    public Task Consume(ConsumeContext<Note> context)
    {
        script.Notes.Enqueue(context.Message.Name);
        unit.Execute("INSERT INTO things (name) VALUES ($1)", context.Message.Name);
        return context.Publish(new Greeted(context.Message.Name));
    }
}

public sealed class JotConsumer(Script script, IUnitOfWork unit, IServiceProvider provider) : IConsumer<Jot>, IStagingConsumer
{
    public Task Consume(ConsumeContext<Jot> context)
    {
        script.Jots.Enqueue(context.Message.Name);
        unit.Execute("INSERT INTO things (name) VALUES ($1)", context.Message.Name);
        return script.Jot(context, provider);
    }
}

/// <summary>A host with MassTransit's test harness, the outbox on the store under test, and consumers that follow a script.</summary>
public sealed class PipelineUnderTest : IAsyncDisposable
{
    private readonly IHost _host;

    private PipelineUnderTest(IHost host, StoreUnderTest store, Script script, LogCapture logs)
    {
        Logs = logs;
        _host = host;
        Store = store;
        Script = script;
    }

    public StoreUnderTest Store { get; }
    public Script Script { get; }
    public LogCapture Logs { get; }
    public ITestHarness Harness => _host.Services.GetRequiredService<ITestHarness>();
    public ReceiveCounter Received => _host.Services.GetRequiredService<ReceiveCounter>();
    public IServiceProvider Services => _host.Services;

    public static async Task<PipelineUnderTest> StartAsync(
        StoreUnderTest store,
        RetryOptions? retry = null,
        Action<OutboxOptions>? configure = null,
        Script? script = null,
        Action<IBusRegistrationContext, IBusFactoryConfigurator>? configureBus = null,
        Action<IBusRegistrationConfigurator>? addConsumers = null,
        params IReadOnlyList<string> instances)
    {
        script ??= new Script();
        var builder = Host.CreateApplicationBuilder();
        var logs = new LogCapture();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services.AddSingleton(script);
        builder.Services.AddSingleton<ReceiveCounter>();
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options =>
        {
            // A test that fails while its consumer waits for it is to fail, and not to wait for ever.
            options.ConsumerStopTimeout = TimeSpan.FromSeconds(10);
            options.StopTimeout = TimeSpan.FromSeconds(15);
        });
        builder.Services.AddMassTransitTestHarness(x =>
        {
            x.AddOutbox(o =>
            {
                store.Use(o);
                o.Configure(options =>
                {
                    options.RunningAfter = TimeSpan.FromMilliseconds(50);
                    options.PollInterval = TimeSpan.FromMilliseconds(50);
                    options.QueueSettingsInterval = TimeSpan.FromMilliseconds(50);
                    options.QueueReportInterval = TimeSpan.FromMilliseconds(500);
                    options.CommitTimeout = TimeSpan.FromSeconds(30); // a commit that is slow on a busy machine is not what is tested
                    configure?.Invoke(options);
                });
            });
            x.AddReceiveObserver(provider => provider.GetRequiredService<ReceiveCounter>());
            x.SetTestTimeouts(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60)); // only a test that fails waits for them
            x.AddConsumer<GreetConsumer>().Endpoint(e => e.Name = "greet");
            x.AddConsumer<GreetedConsumer>().Endpoint(e => e.Name = "greeted");
            x.AddConsumer<NoteConsumer>().Endpoint(e => e.Name = "note");
            x.AddConsumer<JotConsumer>().Endpoint(e => e.Name = "jot");
            x.AddConsumer<CountConsumer>().Endpoint(e => { e.Name = "count"; e.PrefetchCount = 20; });
            addConsumers?.Invoke(x);
            x.AddConfigureEndpointsCallback((context, name, endpoint) =>
            {
                var options = retry ?? Quick();
                endpoint.UseOutbox(context, options, outbox => outbox.Priority = script.Priority(name));
                if (name == "jot")
                {
                    script.Direct = endpoint.CreateFastLaneReceiver(context, typeof(JotConsumer));
                }
            });
            x.AddConsumer<HeardConsumer>().ExcludeFromConfigureEndpoints();
            x.UsingInMemory((context, bus) =>
            {
                configureBus?.Invoke(context, bus);
                bus.ConfigureEndpoints(context);
                foreach (var queue in instances)
                {
                    bus.ReceiveEndpoint(queue, endpoint =>
                    {
                        var options = retry ?? Quick();
                        endpoint.UseOutbox(context, options, outbox => outbox.IsInstance = true);
                        endpoint.ConfigureConsumer<HeardConsumer>(context);
                    });
                }
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return new PipelineUnderTest(host, store, script, logs);
    }

    public static RetryOptions Quick(int immediate = 0, int delayed = 0, TimeSpan? delay = null) => new()
    {
        ImmediateRetries = immediate,
        ImmediateDelay = TimeSpan.FromMilliseconds(1),
        DelayedRetries = delayed,
        FirstDelay = delay ?? TimeSpan.FromMilliseconds(1),
    };

    /// <summary>Hands a message on, as an endpoint does.</summary>
    public async Task<Guid> AddAsync<T>(T message, TimeSpan? delay = null)
        where T : class
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var task = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(message, delay: delay);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return task.Id;
    }

    /// <summary>Does something in a unit of work of its own, as an endpoint does.</summary>
    public async Task<TResult> InUnitAsync<TService, TResult>(Func<TService, Task<TResult>> action)
        where TService : notnull
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var result = await action(scope.ServiceProvider.GetRequiredService<TService>());
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return result;
    }

    public Task<ControlOutcome> CancelAsync(Guid id) => InUnitAsync((ITaskControl control) => control.CancelAsync(id, "test"));

    public Task<ControlOutcome> RetryAsync(Guid id) => InUnitAsync((ITaskControl control) => control.RetryAsync(id, "test"));

    public async Task<TaskRecord> TaskAsync(Guid id, TaskState state)
    {
        TaskRecord? task = null;
        await Eventually.True(
            async () => (task = await _host.Services.GetRequiredService<ITaskStore>().FindAsync(id))?.State == state,
            $"task {id} is {state}");
        return task!;
    }

    /// <summary>All that was published of a type. With the outbox empty nothing more of it comes, and nothing has to be waited for.</summary>
    public async Task<IReadOnlyList<IPublishedMessage<T>>> PublishedAsync<T>()
        where T : class
    {
        await OutboxIsEmptyAsync();
        return [.. Harness.Published.Select<T>(new CancellationToken(canceled: true))];
    }

    /// <summary>The same of what was sent to a queue.</summary>
    public async Task<IReadOnlyList<ISentMessage<T>>> SentAsync<T>()
        where T : class
    {
        await OutboxIsEmptyAsync();
        return [.. Harness.Sent.Select<T>(new CancellationToken(canceled: true))];
    }

    /// <summary>The same of what was consumed, which is at least one.</summary>
    public async Task<IReadOnlyList<IReceivedMessage<T>>> ConsumedAsync<T>()
        where T : class
    {
        await OutboxIsEmptyAsync();
        Assert.True(await Harness.Consumed.Any<T>());
        return [.. Harness.Consumed.Select<T>(new CancellationToken(canceled: true))];
    }

    private Task OutboxIsEmptyAsync() => Eventually.True(async () => await Store.CountAsync("outbox") == 0, "the outbox is empty");

    /// <summary>Sends past the outbox, straight to a queue: what a broker does when it delivers a message once more.</summary>
    public async Task DeliverAsync<T>(T message, string queue, Guid messageId, Action<SendContext>? configure = null)
        where T : class
    {
        var endpoint = await Harness.Bus.GetSendEndpoint(new Uri($"queue:{queue}"));
        await endpoint.Send(message, context =>
        {
            context.MessageId = messageId;
            configure?.Invoke(context);
        });
    }

    /// <summary>The same with what says that it is a task's, as a broker has it.</summary>
    public Task DeliverAgainAsync<T>(T message, string queue, Guid taskId)
        where T : class =>
        DeliverAsync(message, queue, taskId, context => context.Headers.Set("Task-Id", taskId.ToString()));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
