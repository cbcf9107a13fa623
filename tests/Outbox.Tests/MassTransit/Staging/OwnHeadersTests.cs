using System.Collections.Concurrent;
using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Staging;

public sealed class SqliteOwnHeadersTests : OwnHeadersTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresOwnHeadersTests : OwnHeadersTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

public sealed record Asked(string Name);

/// <summary>What the outbox says of a message stays with that message.</summary>
public abstract class OwnHeadersTests : StoreSuite
{
    private readonly ConcurrentQueue<(string Type, string[] Headers)> _seen = new();

    [Fact]
    public async Task Nothing_that_a_consumer_sends_has_the_headers_of_its_task()
    {
        await using var pipeline = await StartAsync();
        pipeline.Script.Greet = async (context, provider) =>
        {
            await context.Publish(new Greeted("published"));
            await context.Forward(new Uri("queue:sink"));
            var endpoint = await context.GetSendEndpoint(new Uri("queue:sink"));
            await endpoint.Send(new Asked("sent"));
        };

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        await Eventually.True(() => _seen.Count == 3, "all three have come");
        Assert.Equal([nameof(Asked), nameof(Greet), nameof(Greeted)], _seen.Select(s => s.Type).Order());
        Assert.All(_seen, seen => Assert.Empty(seen.Headers));
    }

    [Fact]
    public async Task An_answer_and_a_request_have_the_headers_of_no_task()
    {
        await using var pipeline = await StartAsync();
        pipeline.Script.Greet = async (context, provider) =>
        {
            var client = provider.GetRequiredService<IScopedClientFactory>().CreateRequestClient<Asked>(new Uri("queue:sink"), RequestTimeout.After(s: 30));
            await client.GetResponse<Heard>(new Asked("requested"));
            await context.RespondAsync(new Greeted("answered"));
        };
        var id = Guid.CreateVersion7();

        await pipeline.DeliverAsync(new Greet("ann"), "greet", id, context =>
        {
            context.Headers.Set("Task-Id", id.ToString());
            context.Headers.Set("Task-Attempts", 3);
            context.ResponseAddress = new Uri(pipeline.Harness.Bus.Address, "listener");
        });

        await Eventually.True(() => _seen.Count == 2, "both have come");
        Assert.Equal([nameof(Asked), nameof(Greeted)], _seen.Select(s => s.Type).Order());
        Assert.All(_seen, seen => Assert.Empty(seen.Headers));
    }

    [Fact]
    public async Task A_fault_after_retries_has_the_headers_of_no_task()
    {
        await using var pipeline = await StartAsync();
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");

        var id = await pipeline.AddAsync(new Greet("ann"));

        await Eventually.True(() => _seen.Count == 1, "the fault has come");
        Assert.Equal("Fault", _seen.Single().Type);
        Assert.Empty(_seen.Single().Headers);
        await pipeline.TaskAsync(id, TaskState.Failed);
    }

    [Fact]
    public async Task A_message_with_another_tasks_headers_does_not_end_that_task()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var later = await pipeline.AddAsync(new Greet("later"), delay: TimeSpan.FromHours(1));

        await pipeline.DeliverAsync(new Greet("other"), "greet", Guid.CreateVersion7(), context => context.Headers.Set("Task-Id", later.ToString()));

        await Eventually.True(() => pipeline.Received.Of("greet") == 1, "it has been consumed");
        Assert.Single(pipeline.Script.Greets);
        await pipeline.TaskAsync(later, TaskState.Scheduled);
    }

    private Task<PipelineUnderTest> StartAsync() => PipelineUnderTest.StartAsync(
        UnderTest,
        PipelineUnderTest.Quick(delayed: 1),
        configureBus: (services, bus) =>
        {
            bus.ReceiveEndpoint("listener", endpoint =>
            {
                endpoint.WithoutOutbox(services);
                endpoint.Handler<Greeted>(context => Note(context, nameof(Greeted)));
                endpoint.Handler<Fault<Greet>>(context => Note(context, "Fault"));
            });
            bus.ReceiveEndpoint("sink", endpoint =>
            {
                endpoint.ConfigureConsumeTopology = false;
                endpoint.WithoutOutbox(services);
                endpoint.Handler<Greet>(context => Note(context, nameof(Greet)));
                endpoint.Handler<Asked>(async context =>
                {
                    await Note(context, nameof(Asked));
                    if (context.ResponseAddress is not null)
                    {
                        await context.RespondAsync(new Heard("yes"));
                    }
                });
            });
        });

    private Task Note(ConsumeContext context, string type)
    {
        var all = context.Headers.GetAll().Concat(context.ReceiveContext.TransportHeaders.GetAll());
        _seen.Enqueue((type, [.. all.Where(h => h.Key.StartsWith("Task-", StringComparison.Ordinal) && h.Value is not "none").Select(h => h.Key).Distinct()]));
        return Task.CompletedTask;
    }
}
