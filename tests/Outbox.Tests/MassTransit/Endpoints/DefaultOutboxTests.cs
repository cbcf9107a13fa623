using MassTransit;
using MassTransit.Testing;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

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
public abstract class DefaultOutboxTests : DefaultOutboxSuite
{
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
        Assert.Contains("by-hand", host.Services.GetRequiredService<ConsumerRegistry>().Names);
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
    public async Task A_consumer_of_what_is_no_message_stops_the_start()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(x => x.AddConsumer<NamelessConsumer>()));

        Assert.Contains(
            "NamelessConsumer on Nameless consumes Nameless, which is no message: it has no namespace, and messages are named by it: declare it in one.", error.ToString(), StringComparison.Ordinal);
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

    private sealed class NamelessConsumer : IConsumer<Nameless>
    {
        public Task Consume(ConsumeContext<Nameless> context) => Task.CompletedTask;
    }

    private sealed class BatchConsumer : IConsumer<Batch<Count>>
    {
        public Task Consume(ConsumeContext<Batch<Count>> context) => Task.CompletedTask;
    }
}
