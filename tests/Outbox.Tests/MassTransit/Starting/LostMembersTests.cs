using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.MassTransit.Starting;

/// <summary>Members of messages that a consumer would see empty.</summary>
public sealed class LostMembersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Members_without_a_public_setter_are_named_at_the_start() =>
        Assert.StartsWith(
            "A message loses members on its way: Lossy.Name, Lossy.Size can be written",
            Assert.Single(await WarningsAsync(x => x.AddConsumer<ConsumerOf<Lossy>>())),
            StringComparison.Ordinal);

    [Fact]
    public async Task Nothing_is_said_of_members_that_are_read_or_computed() =>
        Assert.Empty(await WarningsAsync(x => x.AddConsumer<ConsumerOf<Whole>>()));

    private Task<IEnumerable<string>> WarningsAsync(Action<IBusRegistrationConfigurator> configure) =>
        StartWarnings.OfAsync(_folder.File("test.db"), configure, "A message loses");

    public sealed class Lossy
    {
        public string? Name { get; private set; }

        public int Size { get; internal set; }
    }

    public sealed class Whole(string name)
    {
        public string Name { get; private set; } = name;

        public string? Label { get; init; }

        public int Length => Name.Length;

        public IList<string> Tags { get; } = [];

        [System.Text.Json.Serialization.JsonInclude]
        public int Size { get; internal set; }
    }

    private sealed class ConsumerOf<T> : IConsumer<T>
        where T : class
    {
        public Task Consume(ConsumeContext<T> context) => Task.CompletedTask;
    }
}
