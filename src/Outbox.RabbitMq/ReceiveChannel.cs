using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.Redelivery;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>The channel of a receive endpoint, which batches acknowledgements.</summary>
internal sealed class ReceiveChannel : ChannelProxy
{
    // After the broker has cancelled a consumer, MassTransit consumes again on the same channel, and the delivery tags continue.
    private static readonly ConditionalWeakTable<IChannel, Acknowledgements> OfChannel = [];

    private readonly FastLaneReceiver? _fastLane;
    private readonly InterruptedDeliveries _interrupted;
    private readonly ILogger _logger;
    private readonly Acknowledgements _acknowledgements;
    private ReceiveConsumer? _consumer;
    private volatile bool _isStopping;

    public ReceiveChannel(ChannelContext inner, FastLaneReceiver? fastLane, InterruptedDeliveries interrupted, ILogger logger)
        : base(inner)
    {
        _fastLane = fastLane;
        _interrupted = interrupted;
        _logger = logger;
        _acknowledgements = OfChannel.GetValue(inner.Channel, channel => new Acknowledgements(channel.BasicAckAsync));
    }

    public override ValueTask BasicAck(ulong deliveryTag, bool multiple, CancellationToken cancellationToken)
    {
        if (multiple)
        {
            return base.BasicAck(deliveryTag, multiple, cancellationToken);
        }

        _acknowledgements.Add(deliveryTag);
        return _isStopping ? new ValueTask(_acknowledgements.FlushAsync()) : ValueTask.CompletedTask;
    }

    public override Task BasicNack(ulong deliveryTag, bool multiple, bool requeue, CancellationToken cancellationToken)
    {
        _acknowledgements.Settle(deliveryTag);
        return base.BasicNack(deliveryTag, multiple, requeue, cancellationToken);
    }

    public override Task<string> BasicConsume(
        string queue,
        bool noAck,
        bool exclusive,
        IDictionary<string, object> arguments,
        IAsyncBasicConsumer consumer,
        string consumerTag,
        CancellationToken cancellationToken)
    {
        _consumer = new ReceiveConsumer(queue, consumer, _acknowledgements, _fastLane, _interrupted, _logger);
        return base.BasicConsume(queue, noAck, exclusive, arguments, _consumer, consumerTag, cancellationToken);
    }

    /// <summary>
    /// Called when the endpoint stops. Waits for the deliveries in the fast lane. MassTransit then waits for its own deliveries and
    /// may close the channel immediately after, so from now on an acknowledgement is sent before its call returns.
    /// </summary>
    public override async Task BasicCancel(string consumerTag, CancellationToken cancellationToken)
    {
        _isStopping = true;
        await base.BasicCancel(consumerTag, cancellationToken);
        if (_consumer is not null)
        {
            await _consumer.CompleteAsync(cancellationToken);
        }

        await _acknowledgements.FlushAsync();
    }

    public override Task BasicQos(uint prefetchSize, ushort prefetchCount, bool global, CancellationToken cancellationToken)
    {
        _acknowledgements.MaxWaiting = Math.Max(1, prefetchCount / 4);
        return base.BasicQos(prefetchSize, prefetchCount, global, cancellationToken);
    }
}

/// <summary>Wraps the channel of an endpoint in a <see cref="ReceiveChannel"/>.</summary>
internal sealed class ReceiveChannelFilter(FastLaneObserver fastLane, InterruptedDeliveries interrupted, ILogger logger) : IFilter<ChannelContext>
{
    public Task Send(ChannelContext context, IPipe<ChannelContext> next) => next.Send(new ReceiveChannel(context, fastLane.Receiver, interrupted, logger));

    public void Probe(ProbeContext context) => context.CreateFilterScope("receiveChannel");
}
