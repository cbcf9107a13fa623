using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Starting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace UserOfTheLibrary; // the library's own classes may take the bus

/// <summary>Classes of an application that publish past the outbox.</summary>
public sealed class DirectBusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Classes_that_take_the_bus_are_named_at_the_start() =>
        Assert.StartsWith(
            "The bus itself is taken by DirectConsumer, Mailbox: what is published or sent with it leaves at once",
            Assert.Single(await WarningsAsync(x =>
            {
                x.AddConsumer<DirectConsumer>();
                x.AddScoped<Mailbox>();
            })),
            StringComparison.Ordinal);

    [Fact]
    public async Task Nothing_is_said_of_classes_that_stage() =>
        Assert.Empty(await WarningsAsync(x => x.AddConsumer<StagingConsumer>()));

    private Task<IEnumerable<string>> WarningsAsync(Action<IBusRegistrationConfigurator> configure) =>
        StartWarnings.OfAsync(_folder.File("test.db"), configure, "The bus itself");

    public sealed record Parcel(Guid Id);

#pragma warning disable CS9113 // what takes it is what is tested
    private sealed class Mailbox(IBus bus);

    private sealed class DirectConsumer(IBus bus) : IConsumer<Parcel>
    {
        public Task Consume(ConsumeContext<Parcel> context) => Task.CompletedTask;
    }

    private sealed class StagingConsumer(IPublishEndpoint endpoint) : IConsumer<Parcel>
    {
        public Task Consume(ConsumeContext<Parcel> context) => Task.CompletedTask;
    }
#pragma warning restore CS9113
}
