using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Endpoints;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Instances;

public sealed class SqliteInstanceConsumerTests : InstanceConsumerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresInstanceConsumerTests : InstanceConsumerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A consumer that every process has, with a queue of its own.</summary>
public abstract class InstanceConsumerTests : DefaultOutboxSuite
{
    [Fact]
    public async Task It_consumes_without_deferred_retries_and_dead_letters()
    {
        using var one = await StartAsync(x => x.AddInstanceConsumer<HeardConsumer>());

        await EndsAsync(one, await AddAsync(one, new Heard("ann")), TaskState.Succeeded);

        Assert.Equal("ann", Assert.Single(_script.Heard).Name);
        var pipeline = Assert.Single(one.Services.GetRequiredService<IOutboxPipelines>().All);
        Assert.Equal(["deferred retries", "immediate retries", "inbox"], pipeline.Steps.Select(s => s.Name));
        Assert.Equal("none", pipeline.Steps[0].Setting);
    }

    [Fact]
    public async Task The_immediate_retries_are_those_of_the_configured_policy()
    {
        _script.Hear = _ => _script.Heard.Count < 3 ? throw new InvalidOperationException("no") : Task.CompletedTask;
        using var host = await StartAsync(
            x => x.AddInstanceConsumer<HeardConsumer>(),
            configureServices: services => services.Configure<RetryOptions>(retry => (retry.ImmediateRetries, retry.ImmediateDelay) = (2, TimeSpan.FromMilliseconds(1))));

        var task = await EndsAsync(host, await AddAsync(host, new Heard("ann")), TaskState.Succeeded);

        Assert.Equal((3, 3), (task.Attempts, _script.Heard.Count));
    }

    [Fact]
    public async Task A_session_lasts_until_the_endpoint_stops()
    {
        using var host = await StartAsync(x => x.AddInstanceConsumer<HeardConsumer>());
        var endpoint = host.Services.GetRequiredService<IInstanceEndpoint<HeardConsumer>>();
        await Eventually.True(() => endpoint.Session is not null, "it receives");
        var first = endpoint.Session;
        var bus = host.Services.GetRequiredService<IBusControl>();

        await bus.StopAsync(TestContext.Current.CancellationToken);
        Assert.Null(endpoint.Session);

        await bus.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.True(() => endpoint.Session is not null, "it receives again");
        Assert.NotEqual(first, endpoint.Session);
    }
}
