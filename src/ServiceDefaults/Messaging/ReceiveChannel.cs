using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.RabbitMqTransport;
using Messaging.Outbox;
using RabbitMQ.Client;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>The channel of a receive endpoint, which acknowledges together what is done together.</summary>
internal sealed class ReceiveChannel : ProxyPipeContext, ChannelContext
{
    // MassTransit consumes on a channel again after the broker has cancelled a consumer of it, and its tags go on.
    private static readonly ConditionalWeakTable<IChannel, Acknowledgements> OfChannel = [];

    private readonly ChannelContext _inner;
    private readonly DirectReceiver? _direct;
    private readonly Acknowledgements _acknowledgements;
    private ReceiveConsumer? _consumer;
    private volatile bool _isStopping;

    public ReceiveChannel(ChannelContext inner, DirectReceiver? direct)
        : base(inner)
    {
        _inner = inner;
        _direct = direct;
        _acknowledgements = OfChannel.GetValue(inner.Channel, channel => new Acknowledgements(channel.BasicAckAsync));
    }

    public IChannel Channel => _inner.Channel;
    public ConnectionContext ConnectionContext => _inner.ConnectionContext;

    public ValueTask BasicAck(ulong deliveryTag, bool multiple, CancellationToken cancellationToken)
    {
        if (multiple)
        {
            return _inner.BasicAck(deliveryTag, multiple, cancellationToken);
        }

        _acknowledgements.Add(deliveryTag);
        return _isStopping ? new ValueTask(_acknowledgements.FlushAsync()) : ValueTask.CompletedTask;
    }

    public Task BasicNack(ulong deliveryTag, bool multiple, bool requeue, CancellationToken cancellationToken)
    {
        _acknowledgements.Settle(deliveryTag);
        return _inner.BasicNack(deliveryTag, multiple, requeue, cancellationToken);
    }

    public Task<string> BasicConsume(
        string queue,
        bool noAck,
        bool exclusive,
        IDictionary<string, object> arguments,
        IAsyncBasicConsumer consumer,
        string consumerTag,
        CancellationToken cancellationToken)
    {
        _consumer = new ReceiveConsumer(consumer, _acknowledgements, _direct);
        return _inner.BasicConsume(queue, noAck, exclusive, arguments, _consumer, consumerTag, cancellationToken);
    }

    /// <summary>
    /// The endpoint stops. What was taken directly is waited for here, as MassTransit waits after this for what it has in hand; the channel may close
    /// as soon as it has that, so what is acknowledged from now on is sent before anybody goes on.
    /// </summary>
    public async Task BasicCancel(string consumerTag, CancellationToken cancellationToken)
    {
        _isStopping = true;
        await _inner.BasicCancel(consumerTag, cancellationToken);
        if (_consumer is not null)
        {
            await _consumer.CompleteAsync(cancellationToken);
        }

        await _acknowledgements.FlushAsync();
    }

    public Task BasicPublishAsync(
        string exchange, string routingKey, bool mandatory, BasicProperties basicProperties, byte[] body, bool awaitAck, CancellationToken cancellationToken) =>
        _inner.BasicPublishAsync(exchange, routingKey, mandatory, basicProperties, body, awaitAck, cancellationToken);

    public Task ExchangeBind(
        string destination, string source, string routingKey, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
        _inner.ExchangeBind(destination, source, routingKey, arguments, cancellationToken);

    public Task ExchangeDeclare(
        string exchange, string type, bool durable, bool autoDelete, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
        _inner.ExchangeDeclare(exchange, type, durable, autoDelete, arguments, cancellationToken);

    public Task ExchangeDeclarePassive(string exchange, CancellationToken cancellationToken) =>
        _inner.ExchangeDeclarePassive(exchange, cancellationToken);

    public Task QueueBind(
        string queue, string exchange, string routingKey, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
        _inner.QueueBind(queue, exchange, routingKey, arguments, cancellationToken);

    public Task<QueueDeclareOk> QueueDeclare(
        string queue, bool durable, bool exclusive, bool autoDelete, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
        _inner.QueueDeclare(queue, durable, exclusive, autoDelete, arguments, cancellationToken);

    public Task<QueueDeclareOk> QueueDeclarePassive(string queue, CancellationToken cancellationToken) =>
        _inner.QueueDeclarePassive(queue, cancellationToken);

    public Task<uint> QueuePurge(string queue, CancellationToken cancellationToken) => _inner.QueuePurge(queue, cancellationToken);

    public Task BasicQos(uint prefetchSize, ushort prefetchCount, bool global, CancellationToken cancellationToken)
    {
        _acknowledgements.MaxWaiting = Math.Max(1, prefetchCount / 4);
        return _inner.BasicQos(prefetchSize, prefetchCount, global, cancellationToken);
    }

    public void NotifyFaulted(Exception exception, Uri inputAddress) => _inner.NotifyFaulted(exception, inputAddress);
}

/// <summary>Puts the channel of an endpoint into a <see cref="ReceiveChannel"/>.</summary>
internal sealed class ReceiveChannelFilter(DirectReceiver? direct) : IFilter<ChannelContext>
{
    public Task Send(ChannelContext context, IPipe<ChannelContext> next) => next.Send(new ReceiveChannel(context, direct));

    public void Probe(ProbeContext context) => context.CreateFilterScope("receiveChannel");
}
