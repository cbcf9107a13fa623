using System.Diagnostics;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox;
using Messaging.Outbox.RabbitMq;
using Messaging.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>A delivery that leaves the fast lane.</summary>
public sealed class RabbitMqDeliveryTests
{
    [Fact]
    public async Task A_delivery_that_the_pipeline_refuses_does_not_block_the_stop()
    {
        var logs = new LogCapture();
        var consumer = new ReceiveConsumer(
            "queue",
            new RefusingConsumer(),
            new Acknowledgements((_, _, _) => ValueTask.CompletedTask),
            fastLane: null,
            new InterruptedDeliveries(NullLogger<InterruptedDeliveries>.Instance),
            logs);
        var delivery = new RabbitMqDelivery(consumer, new Uri("loopback://localhost/queue"), new RabbitMqFrame("tag", 1, "", "queue", new BasicProperties()), default);

        delivery.PassToPipeline();

        await consumer.CompleteAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await Eventually.True(() => logs.Lines.Any(l => l.Contains("A message of queue could not be passed", StringComparison.Ordinal)), "the error is logged");
    }

    [Fact]
    public async Task A_delivery_has_no_span_of_what_opened_its_connection()
    {
        var pipeline = new RefusingConsumer();
        var consumer = new ReceiveConsumer(
            "queue",
            pipeline,
            new Acknowledgements((_, _, _) => ValueTask.CompletedTask),
            fastLane: null,
            new InterruptedDeliveries(NullLogger<InterruptedDeliveries>.Instance),
            new LogCapture());
        using var dispatch = new Activity("dispatch").Start();

        await consumer.HandleBasicDeliverAsync("tag", 1, redelivered: false, "", "queue", new BasicProperties(), default, TestContext.Current.CancellationToken);

        Assert.True(pipeline.WasCalled);
        Assert.Null(pipeline.Seen);
    }

    private sealed class RefusingConsumer : IAsyncBasicConsumer
    {
        public bool WasCalled { get; private set; }

        public Activity? Seen { get; private set; }

        public IChannel? Channel => throw new InvalidOperationException("no channel");

        public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task HandleBasicDeliverAsync(
            string consumerTag,
            ulong deliveryTag,
            bool redelivered,
            string exchange,
            string routingKey,
            IReadOnlyBasicProperties properties,
            ReadOnlyMemory<byte> body,
            CancellationToken cancellationToken = default)
        {
            (WasCalled, Seen) = (true, Activity.Current);
            return Task.CompletedTask;
        }

        public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => Task.CompletedTask;
    }
}
