using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Endpoints;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Hosting;

public sealed class SqliteSecondBusTests : SecondBusTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresSecondBusTests : SecondBusTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

public interface ISecondBus : IBus;

/// <summary>An application with a bus of its own beside that of the outbox (MassTransit's MultiBus).</summary>
public abstract class SecondBusTests : DefaultOutboxSuite
{
    private static readonly TaskCompletionSource<string> Heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Each_bus_delivers_its_own_messages()
    {
        using var host = await StartAsync(
            x => x.AddConsumer<NoteConsumer>(),
            configureServices: services => services.AddMassTransit<ISecondBus>(x =>
            {
                x.AddConsumer<SecondConsumer>();
                x.UsingInMemory((context, bus) => bus.ConfigureEndpoints(context));
            }));

        await host.Services.GetRequiredService<ISecondBus>().Publish(new Shout("loud"), TestContext.Current.CancellationToken);
        await EndsAsync(host, await AddAsync(host, new Note("ann")), TaskState.Succeeded);

        Assert.Equal("loud", await Heard.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'ann'"));
    }

    [Fact]
    public async Task The_outbox_of_a_second_bus_is_refused_by_name()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(
            _ => { }, configureServices: services => services.AddMassTransit<ISecondBus>(x => x.AddOutbox(UnderTest.Use))));

        Assert.Contains("and not to ISecondBus: call AddOutbox there", failure.ToString(), StringComparison.Ordinal); // MassTransit wraps it
    }

    public sealed record Shout(string Text);

    public sealed class SecondConsumer : IConsumer<Shout>
    {
        public Task Consume(ConsumeContext<Shout> context)
        {
            Heard.TrySetResult(context.Message.Text);
            return Task.CompletedTask;
        }
    }
}
