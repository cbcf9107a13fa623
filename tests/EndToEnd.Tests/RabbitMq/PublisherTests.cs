using System.Text.Json;
using MassTransit.Serialization;
using Messaging.Outbox.Transport;
using Messaging.Outbox;
using Messaging.Outbox.RabbitMq;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>The way past MassTransit: what the broker has is told from what it has not, message by message.</summary>
public sealed class PublisherTests : IAsyncLifetime
{
    private readonly string _queue = $"publisher-{Guid.NewGuid():N}";
    private readonly BodyLimit _bodies = new(TimeProvider.System);
    private readonly RabbitMqPublisher _publisher;
    private IConnection _connection = null!;
    private IChannel _channel = null!;

    public PublisherTests() => _publisher = new RabbitMqPublisher(Options.Create(OptionsOf(Servers.RabbitMq)), _bodies);

    public async ValueTask InitializeAsync()
    {
        _connection = await new ConnectionFactory { Uri = Servers.RabbitMq }.CreateConnectionAsync();
        _channel = await _connection.CreateChannelAsync();
        await _channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        await using (var channel = await _connection.CreateChannelAsync())
        {
            await channel.QueueDeleteAsync(_queue);
        }

        await _connection.DisposeAsync();
    }

    [Fact]
    public async Task Only_a_message_that_reaches_a_queue_is_confirmed()
    {
        var confirmed = await PublishAsync(ToQueue(), To("amq.fanout", ""), ToQueue());

        Assert.Equal([PublishResult.Confirmed, PublishResult.NotConfirmed, PublishResult.Confirmed], confirmed);
        Assert.Equal(2u, await _channel.MessageCountAsync(_queue));
    }

    [Fact]
    public async Task An_event_without_a_subscriber_is_reported_as_dropped()
    {
        var results = await PublishAsync(To("amq.fanout", "") with { Mandatory = false }, ToQueue() with { Mandatory = false });

        Assert.Equal([PublishResult.Unsubscribed, PublishResult.Confirmed], results);
    }

    [Fact]
    public async Task Batches_on_one_channel_are_told_apart()
    {
        for (var batch = 1u; batch <= 5; batch++)
        {
            Assert.All(await PublishAsync([.. Enumerable.Range(0, 100).Select(_ => ToQueue())]), result => Assert.Equal(PublishResult.Confirmed, result));
            Assert.Equal(batch * 100, await _channel.MessageCountAsync(_queue));
        }
    }

    [Fact]
    public async Task A_missing_exchange_fails_only_its_batch()
    {
        Assert.Equal([PublishResult.NotConfirmed], await PublishAsync(To("no-such-exchange", "")));

        Assert.Equal([PublishResult.Confirmed], await PublishAsync(ToQueue()));
    }

    [Fact]
    public async Task A_message_that_is_too_large_tells_the_limit_of_the_broker()
    {
        var large = ToQueue() with { Body = new byte[17_000_000] };

        Assert.Equal(PublishResult.NotConfirmed, (await PublishAsync(ToQueue(), large))[1]);

        Assert.Equal(16_777_216, _bodies.Bytes);
        Assert.Equal([PublishResult.Confirmed], await PublishAsync(ToQueue()));
    }

    [Fact]
    public async Task Without_a_broker_nothing_is_confirmed_and_nothing_is_thrown()
    {
        var nowhere = OptionsOf(Servers.RabbitMq);
        nowhere.Port = 1;
        await using var publisher = new RabbitMqPublisher(Options.Create(nowhere), _bodies);

        Assert.Equal([PublishResult.NotConfirmed], await publisher.PublishAsync([ToQueue()], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_message_for_another_virtual_host_is_left_to_MassTransit()
    {
        var elsewhere = ToQueue() with { Destination = new Uri("rabbitmq://localhost/elsewhere/exchange") };

        Assert.Equal([PublishResult.NotConfirmed], await PublishAsync(elsewhere));
    }

    [Fact]
    public async Task The_broker_gets_what_it_gets_from_MassTransit()
    {
        await using var system = await RealSystem.StartAsync();
        await system.Worker.TerminateAsync();
        var ledger = new Ledger();
        foreach (var number in (int[])[1, 2]) // the first goes over MassTransit
        {
            await ledger.SendOneAsync(system.Api.Client, $"/log?message=entry{number}");
            await Eventually.True(async () => await system.MessagesAsync("log-requested") == number, "it was sent");
        }

        var (first, second) = (await system.GetAsync("log-requested"), await system.GetAsync("log-requested"));

        Assert.Equal(Describe(first), Describe(second));
        Assert.NotEqual(first.BasicProperties.MessageId, second.BasicProperties.MessageId);
        Assert.Equal(second.BasicProperties.MessageId, Text(second.BasicProperties.Headers!["Task-Id"]));

        // The envelope: nothing that is empty, and whoever has MassTransit as it comes can read it.
        var json = JsonDocument.Parse(second.Body).RootElement;
        Assert.Equal(
            ["conversationId", "destinationAddress", "headers", "host", "message", "messageId", "messageType", "sentTime", "sourceAddress"], NamesOf(json));
        Assert.Equal(["machineName", "processId", "processName"], NamesOf(json.GetProperty("host")));
        var envelope = JsonSerializer.Deserialize<MessageEnvelope>(second.Body.Span, SystemTextJsonMessageSerializer.Options)!;
        Assert.Equal(second.BasicProperties.MessageId, envelope.MessageId);
        Assert.Equal(Environment.MachineName, envelope.Host!.MachineName);
    }

    private static IEnumerable<string> NamesOf(JsonElement json) => json.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal);

    private static string[] Describe(BasicGetResult message) =>
    [
        message.Exchange,
        message.RoutingKey,
        $"{message.BasicProperties.ContentType} {message.BasicProperties.DeliveryMode} {message.BasicProperties.IsCorrelationIdPresent()} {message.BasicProperties.MessageId!.Length}",
        .. message.BasicProperties.Headers!.Where(h => h.Key is not ("x-dotnet-pub-seq-no" or "publishId")).OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key} {h.Value!.GetType().Name} {Text(h.Value).Length}"),
    ];

    private static string Text(object? value) => value is byte[] bytes ? System.Text.Encoding.UTF8.GetString(bytes) : $"{value}";

    private Task<IReadOnlyList<PublishResult>> PublishAsync(params CompleteMessage[] messages) =>
        _publisher.PublishAsync(messages, TestContext.Current.CancellationToken);

    private CompleteMessage ToQueue() => To("", _queue);

    private static CompleteMessage To(string exchange, string routingKey) => new(
        Guid.CreateVersion7(),
        CorrelationId: null,
        new Uri("rabbitmq://localhost/exchange"),
        "application/json",
        Mandatory: true,
        new Dictionary<string, object> { ["number"] = 1L },
        new Dictionary<string, object> { ["RMQ-Exchange"] = exchange, ["RMQ-RoutingKey"] = routingKey },
        "{}"u8.ToArray());

    private static RabbitMqOptions OptionsOf(Uri broker) => new()
    {
        Host = broker.Host,
        Port = broker.Port,
        Username = broker.UserInfo.Split(':')[0],
        Password = broker.UserInfo.Split(':')[1],
    };
}
