using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Staging;

public sealed class SqliteLargeHeaderTests : LargeHeaderTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresLargeHeaderTests : LargeHeaderTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Headers that no frame of AMQP has room for: RabbitMQ would close the connection, with all that the process receives.</summary>
public abstract class LargeHeaderTests : StoreSuite
{
    [Fact]
    public async Task Headers_that_are_too_large_are_refused_where_they_are_staged()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await using var services = pipeline.Services.CreateAsyncScope();
        var endpoint = services.ServiceProvider.GetRequiredService<IPublishEndpoint>();

        var failure = await Assert.ThrowsAnyAsync<MessageException>(() => PublishAsync(endpoint, length: 100_000));
        await PublishAsync(endpoint, length: 60_000);
        await services.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("The headers of Greet have 100005 bytes, and may have 65536", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consumer_that_sends_such_headers_fails_at_once()
    {
        var attempts = 0;
        var script = new Script
        {
            Greet = async (context, _) =>
            {
                attempts++;
                await context.Publish(new Greeted("b"), publish => publish.Headers.Set("Trace", new string('x', 100_000)));
            },
        };
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 2), script: script);

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("a")), TaskState.Failed);

        Assert.Equal(1, attempts);
    }

    private static Task PublishAsync(IPublishEndpoint endpoint, int length) =>
        endpoint.Publish(new Greet("a"), publish => publish.Headers.Set("Trace", new string('x', length)), TestContext.Current.CancellationToken);
}
