using System.Diagnostics;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.Redelivery;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Wraps MassTransit's consumer on a channel: records deliveries and offers them to the fast lane first.</summary>
internal sealed partial class ReceiveConsumer(
    string queue, IAsyncBasicConsumer inner, Acknowledgements acknowledgements, FastLaneReceiver? fastLane, InterruptedDeliveries interrupted, ILogger logger)
    : IAsyncBasicConsumer
{
    // Commits have their own deadline, and MassTransit waits for the deliveries in its pipeline.
    private static readonly TimeSpan CompletionDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private int _inFlight;

    public IChannel? Channel => inner.Channel;

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
        ClearSpan();
        acknowledgements.Deliver(deliveryTag);
        if (fastLane is not null && !redelivered)
        {
            var delivery = new RabbitMqDelivery(this, fastLane.InputAddress, new RabbitMqFrame(consumerTag, deliveryTag, exchange, routingKey, properties), body);
            if (fastLane.TryTake(delivery))
            {
                return Task.CompletedTask;
            }

            delivery.Abandon();
        }

        return inner.HandleBasicDeliverAsync(consumerTag, deliveryTag, redelivered, exchange, routingKey, properties, body, cancellationToken);
    }

    /// <summary>Waits until each delivery in the fast lane is settled.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(CompletionDeadline);
        while (Volatile.Read(ref _inFlight) > 0 && !deadline.IsCancellationRequested)
        {
            await Task.Delay(PollInterval, CancellationToken.None);
        }
    }

    /// <summary>Adds the acknowledgement to the next batch.</summary>
    public void Acknowledge(RabbitMqFrame frame) => acknowledgements.Add(frame.DeliveryTag);

    /// <summary>Passes a delivery that the fast lane did not settle to MassTransit's pipeline, if the channel is still open.</summary>
    public Task DeliverAsync(RabbitMqFrame frame, ReadOnlyMemory<byte> body) => Channel is { IsOpen: true }
        ? inner.HandleBasicDeliverAsync(frame.ConsumerTag, frame.DeliveryTag, redelivered: false, frame.Exchange, frame.RoutingKey, frame.Properties, body)
        : Task.CompletedTask; // the channel closed, so the broker redelivers the message

    /// <summary>Records that a delivery is offered to the fast lane.</summary>
    public void Enter() => Interlocked.Increment(ref _inFlight);

    /// <summary>Records that a delivery has left the fast lane.</summary>
    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Logs why MassTransit did not take a delivery; the broker redelivers it when the channel closes.</summary>
    public void ReportUndelivered(Exception exception) => LogUndelivered(queue, exception);

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default) =>
        inner.HandleBasicCancelAsync(consumerTag, cancellationToken);

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) =>
        inner.HandleBasicCancelOkAsync(consumerTag, cancellationToken);

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) =>
        inner.HandleBasicConsumeOkAsync(consumerTag, cancellationToken);

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        if (ConsumerTimeout.FromCloseReason(reason.ReplyText) is { } timeout)
        {
            interrupted.Record(
                queue, $"the broker's consumer timeout of {timeout:c} ended them; lower TimeLimit below it, or raise the broker's consumer_timeout");
        }

        return inner.HandleChannelShutdownAsync(channel, reason);
    }

    /// <summary>
    /// The client's loop keeps the span in which its connection was opened, such as that of a dispatch after an outage: a delivery has
    /// nothing to do with it. The client's own span of the delivery stays.
    /// </summary>
    private static void ClearSpan()
    {
        if (Activity.Current is { Source.Name: not "RabbitMQ.Client.Subscriber" })
        {
            Activity.Current = null;
        }
    }

    [LoggerMessage(
        EventId = 1910, EventName = "FastLaneNotPassedOn", Level = LogLevel.Error,
        Message = "A message of {Queue} could not be passed from the fast lane to the bus's pipeline; the broker delivers it again when the channel closes; report this error")]
    private partial void LogUndelivered(string queue, Exception exception);
}
