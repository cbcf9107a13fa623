using MassTransit;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Tests.Queues;

/// <summary>Which queue a message will come to.</summary>
public sealed class QueueDirectoryTests : IDisposable
{
    private static readonly Uri Exchange = new("rabbitmq://localhost/vhost/Some.Namespace:Greet");
    private static readonly string Greet = MessageUrn.ForTypeString(typeof(Greet));
    private readonly ConsumerRegistry _consumers = new();
    private readonly QueueEndpoints _endpoints = new();
    private readonly QueueDirectory _directory;

    public QueueDirectoryTests() => _directory = new QueueDirectory(_consumers, _endpoints);

    public void Dispose() => _endpoints.Dispose();

    [Fact]
    public void A_message_without_a_known_consumer_has_no_queue()
    {
        Assert.Equal((null, QueuePriority.Normal), _directory.Find([Greet], Exchange));
    }

    [Fact]
    public void A_queue_of_another_process_is_found_by_type_and_name()
    {
        _directory.Learn([Known("greet", QueuePriority.High, Greet)]);

        Assert.Equal(("greet", QueuePriority.High), _directory.Find(["urn:message:Other", Greet], Exchange));
        Assert.Equal(("greet", QueuePriority.High), _directory.Find([], new Uri("queue:greet")));
        Assert.Equal(("greet", QueuePriority.High), _directory.Find([], new Uri("rabbitmq://localhost/vhost/greet?temporary=true")));
    }

    [Fact]
    public void An_own_consumer_that_comes_later_goes_before_what_others_reported()
    {
        _directory.Learn([Known("elsewhere", QueuePriority.High, Greet)]);
        Assert.Equal("elsewhere", _directory.Find([Greet], Exchange).Queue);

        _consumers.Add(new Uri("loopback://localhost/own"), MessageUrn.ForTypeString<Greet>(), nameof(GreetConsumer));

        Assert.Equal(("own", QueuePriority.Normal), _directory.Find([Greet], Exchange));
    }

    [Fact]
    public void A_priority_that_was_set_holds_for_an_own_queue_too()
    {
        _consumers.Add(new Uri("loopback://localhost/own"), MessageUrn.ForTypeString<Greet>(), nameof(GreetConsumer));
        _directory.Learn([Known("own", QueuePriority.Low, Greet)]);

        Assert.Equal(("own", QueuePriority.Low), _directory.Find([Greet], Exchange));
    }

    [Fact]
    public void A_lookup_of_a_queue_allocates_nothing()
    {
        _directory.Learn([Known("greet", QueuePriority.High, Greet)]);
        string[] types = [Greet];
        _directory.Find(types, Exchange);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _directory.Find(types, Exchange);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    private static KnownQueue Known(string name, QueuePriority priority, string type) =>
        new(new QueueSettings { Name = name, Paused = false, Priority = priority }, $"[\"{type}\"]", Workers: 1);
}
