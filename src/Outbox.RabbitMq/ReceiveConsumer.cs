using System.Buffers;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Wraps MassTransit's consumer on a channel: records deliveries and offers them to the fast lane first.</summary>
internal sealed class ReceiveConsumer(
    string queue, IAsyncBasicConsumer inner, Acknowledgements acknowledgements, FastLaneReceiver? fastLane, InterruptedDeliveries interrupted)
    : IAsyncBasicConsumer
{
    // A commit has its own deadline, and MassTransit waits for the deliveries that are passed to its pipeline.
    private static readonly TimeSpan CompletionDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private int _inFlight;

    public IChannel? Channel => inner.Channel;

    private IAsyncBasicConsumer Inner => inner;

    private Acknowledgements Acknowledgements => acknowledgements;

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
        acknowledgements.Deliver(deliveryTag);
        if (fastLane is not null && !redelivered)
        {
            Interlocked.Increment(ref _inFlight);
            var delivery = new RabbitMqDelivery(this, new Frame(consumerTag, deliveryTag, exchange, routingKey, properties), body);
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

    private sealed record Frame(string ConsumerTag, ulong DeliveryTag, string Exchange, string RoutingKey, IReadOnlyBasicProperties Properties);

    /// <summary>A delivery. RabbitMQ.Client releases the body when the consumer returns, so it is copied.</summary>
    private sealed class RabbitMqDelivery : OfferedDelivery
    {
        private readonly ReceiveConsumer _consumer;
        private readonly Frame _frame;
        private readonly byte[] _buffer;
        private readonly int _length;

        public RabbitMqDelivery(ReceiveConsumer consumer, Frame frame, ReadOnlyMemory<byte> body)
        {
            _consumer = consumer;
            _frame = frame;
            _length = body.Length;
            _buffer = ArrayPool<byte>.Shared.Rent(_length);
            body.CopyTo(_buffer);
        }

        public override ReadOnlyMemory<byte> Body => _buffer.AsMemory(0, _length);

        public override string? ContentType => _frame.Properties.ContentType;

        public override IEnumerable<KeyValuePair<string, object?>> Headers => _frame.Properties.Headers ?? Enumerable.Empty<KeyValuePair<string, object?>>();

        public override void Acknowledge()
        {
            _consumer.Acknowledgements.Add(_frame.DeliveryTag);
            Abandon();
        }

        public override void PassToPipeline() => _ = Task.Run(async () =>
        {
            try
            {
                var handled = _consumer.Channel is { IsOpen: true }
                    ? _consumer.Inner.HandleBasicDeliverAsync(
                        _frame.ConsumerTag, _frame.DeliveryTag, redelivered: false, _frame.Exchange, _frame.RoutingKey, _frame.Properties, Body)
                    : Task.CompletedTask; // the broker already delivers it again
                Release();
                await handled;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(_buffer);
            }
        });

        public override void Abandon()
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            Release();
        }

        private void Release() => Interlocked.Decrement(ref _consumer._inFlight);
    }
}
