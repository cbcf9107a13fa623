using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.MassTransit.Endpoints;

public sealed class SqliteEndpointPolicyTests : EndpointPolicyTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresEndpointPolicyTests : EndpointPolicyTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>An endpoint has one inbox and one policy, and its pipeline can be read.</summary>
public abstract class EndpointPolicyTests : DefaultOutboxSuite
{
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
}
