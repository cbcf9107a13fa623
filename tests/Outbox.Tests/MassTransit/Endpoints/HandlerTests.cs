using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Endpoints;

public sealed class SqliteHandlerTests : HandlerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresHandlerTests : HandlerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Handlers, which are consumers without a class.</summary>
public abstract class HandlerTests : DefaultOutboxSuite
{
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
}
