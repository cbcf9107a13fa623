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

        await consumer.CompleteAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Eventually.True(() => logs.Lines.Any(l => l.Contains("A message of queue could not be passed", StringComparison.Ordinal)), "the error is logged");
    }

    private sealed class RefusingConsumer : IAsyncBasicConsumer
    {
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
            CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => Task.CompletedTask;
    }
}
